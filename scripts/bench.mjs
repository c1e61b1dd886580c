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

/** The options of a bench, each of which has a value. */
const OPTIONS = { waits: ['--only'], peers: ['--times', '--requests', '--seconds', '--file-mb'] };

try {
	const [name, ...rest] = process.argv.slice(2);
	if (name !== undefined && !Object.hasOwn(BENCHES, name)) {
		throw new Error(`There is no bench "${name}". Choose ${Object.keys(BENCHES).join(', ')}, or none for all.`);
	}
	const known = OPTIONS[name] ?? [];
	const unknown = rest.find((word) => word.startsWith('-') && !known.includes(word.split('=')[0]));
	const stray = known.length === 0 ? rest.find((word) => !word.startsWith('-')) : undefined;
	if (unknown !== undefined || stray !== undefined) {
		const choice = known.length > 0 ? `It knows ${known.join(', ')}.` : 'It has no options.';
		throw new Error(`"${unknown ?? stray}" is not an option of the bench "${name}". ${choice}`);
	}
	await prepareProject();
	const chosen = name === undefined ? Object.values(BENCHES) : [BENCHES[name]];
	for (const file of chosen) await runTypeScript(file, rest);
} catch (error) {
	fail(error);
}
