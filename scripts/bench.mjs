import { prepareProject, runTypeScript } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

const BENCHES = {
	form: 'test/bench/formAndMedia.ts',
	waits: 'test/bench/waits.ts',
	files: 'test/bench/files.ts',
	package: 'test/bench/package.ts',
	blocks: 'test/bench/blocks.ts',
	deployments: 'test/bench/deployments.ts',
};

try {
	const [named, ...rest] = process.argv.slice(2);
	const isName = named !== undefined && Object.hasOwn(BENCHES, named);
	if (named !== undefined && !isName && !named.startsWith('--')) {
		throw new Error(`There is no bench "${named}". Choose ${Object.keys(BENCHES).join(', ')}, or none for all.`);
	}
	const unknown = process.argv
		.slice(2)
		.find((argument) => argument !== '--short' && argument !== '--waves' && !(isName && argument === named));
	if (unknown !== undefined)
		throw new Error(
			`"${unknown}" is not an argument of this command: name a bench, and --short where it should be quick.`,
		);
	const chosen = isName ? [BENCHES[named]] : Object.values(BENCHES);
	await prepareProject();
	for (const file of chosen) await runTypeScript(file, isName ? rest : process.argv.slice(2));
} catch (error) {
	fail(error);
}
