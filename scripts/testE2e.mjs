/** Runs the end-to-end tests in a real n8n with the packed package installed. */
import { ensureN8n } from './lib/n8nInstall.mjs';
import { prepareProject, runTool } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	await prepareProject();
	const n8n = await ensureN8n();
	console.log(`End-to-end tests in n8n ${n8n.version}`);
	await runTool('jest/bin/jest.js', ['--config', 'jest.e2e.config.mjs', ...process.argv.slice(2)], {
		RUNCOMFY_N8N: JSON.stringify(n8n),
	});
} catch (error) {
	fail(error);
}
