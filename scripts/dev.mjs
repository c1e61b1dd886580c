/** What `npm run n8n` opens, with the package built anew and loaded again by n8n at every change of a source. */
import { join } from 'node:path';
import { openN8n } from './lib/openN8n.mjs';
import { fail } from './lib/run.mjs';
import { watchBuild } from './lib/watchBuild.mjs';

try {
	await openN8n('npm run dev', { RUNCOMFY_DEV: 'true' }, (installed) => watchBuild(join(installed, 'dist')));
} catch (error) {
	fail(error);
}
