/** Types, and lint as n8n's scanner sets it, on the source and on `dist`. */
import { checkSource, prepareProject } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	await prepareProject();
	await checkSource();
} catch (error) {
	fail(error);
}
