/** Opens a real n8n with the packed package, the examples and the simulator (or RunComfy itself, with a token). */
import { openN8n } from './lib/openN8n.mjs';
import { fail } from './lib/run.mjs';

try {
	await openN8n('npm run n8n');
} catch (error) {
	fail(error);
}
