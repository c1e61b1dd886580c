import { prepareProject, runTypeScript } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

const BENCHES = {
	form: 'test/bench/formAndMedia.ts',
	waits: 'test/bench/waits.ts',
	files: 'test/bench/files.ts',
	package: 'test/bench/package.ts',
	blocks: 'test/bench/blocks.ts',
	deployments: 'test/bench/deployments.ts',
	peers: 'test/bench/peers.ts',
};

/** The arguments of a bench, and whether a value follows. */
const ARGUMENTS = {
	waits: { '--short': false, '--waves': false },
	peers: { '--times': true, '--seconds': true, '--items': true, '--no-file': false },
};

/** @throws Error naming the first argument that the chosen benches don't have */
function checkArguments(name, args) {
	const known = name === undefined ? { '--short': false } : { '--short': false, ...ARGUMENTS[name] };
	for (let index = 0; index < args.length; index++) {
		const argument = args[index];
		if (!Object.hasOwn(known, argument))
			throw new Error(
				`"${argument}" is not an argument of this command. Arguments: ${Object.keys(known).join(', ')}.`,
			);
		if (known[argument]) index += 1;
	}
}

try {
	const [named, ...rest] = process.argv.slice(2);
	const isName = named !== undefined && Object.hasOwn(BENCHES, named);
	if (named !== undefined && !isName && !named.startsWith('--')) {
		throw new Error(`There is no bench "${named}". Choose ${Object.keys(BENCHES).join(', ')}, or none for all.`);
	}
	checkArguments(isName ? named : undefined, isName ? rest : process.argv.slice(2));
	const chosen = isName ? [BENCHES[named]] : Object.values(BENCHES);
	await prepareProject();
	for (const file of chosen) await runTypeScript(file, isName ? rest : process.argv.slice(2));
} catch (error) {
	fail(error);
}
