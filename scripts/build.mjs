import { prepareProject } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	await prepareProject();
} catch (error) {
	fail(error);
}
