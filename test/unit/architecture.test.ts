import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const PROJECT = resolve(__dirname, '..', '..');
const NODES = join(PROJECT, 'nodes');
const architecture = readFileSync(join(PROJECT, 'docs', 'architecture.md'), 'utf8');

function sources(folder: string): string[] {
	return readdirSync(folder).flatMap((name) => {
		const path = join(folder, name);
		if (statSync(path).isDirectory()) return sources(path);
		return path.endsWith('.ts') ? [path] : [];
	});
}

/** The part that a file belongs to: a folder of `RunComfy`, or one of the nodes themselves. */
function partOf(path: string): string {
	const [node = '', part = '', ...rest] = relative(NODES, path).split(sep);
	return node === 'RunComfy' && rest.length > 0 ? part : node;
}

/** Files, and what each imports of the nodes' own. */
const imports = sources(NODES).flatMap((path) =>
	[...readFileSync(path, 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map(([, target = '']) => ({
		path,
		target: resolve(dirname(path), target),
	})),
);

/** The imports from one part to another, with a sentence that names the file. */
const betweenParts = imports
	.filter(({ target }) => target.startsWith(NODES))
	.map(({ path, target }) => ({
		from: partOf(path),
		to: partOf(target),
		told: `${relative(NODES, path)} imports ${relative(NODES, target)}`,
	}))
	.filter(({ from, to }) => from !== to);

/** The parts in the order of the docs: what stands further left, or in the same place, may be imported. */
function documentedOrder(): string[][] {
	const [, chain = ''] = /Imports go one way: ([^.]+)\./.exec(architecture) ?? [];
	const [, beside = '', besideOf = ''] = /`(\w+)` stands beside `(\w+)`/.exec(architecture) ?? [];
	const places = chain
		.replace(/\s+/g, ' ')
		.split('←')
		.map((place) => [...place.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? ''));
	return places.map((place) => (place.includes(besideOf) ? [...place, beside] : place));
}

describe('the parts of the nodes', () => {
	const order = documentedOrder();
	const placeOf = (part: string) => order.findIndex((place) => place.includes(part));

	it('are all in the documented order, and in its table', () => {
		const parts = [...new Set(sources(NODES).map(partOf))].sort();
		expect(order.flat().sort()).toEqual(parts);
		const folders = parts.filter((part) => !part.startsWith('RunComfy'));
		expect(folders.filter((folder) => !architecture.includes(`\n| \`${folder}/\` |`))).toEqual([]);
	});

	it('import nothing against the documented order', () => {
		expect(betweenParts.filter(({ from, to }) => placeOf(to) > placeOf(from)).map(({ told }) => told)).toEqual([]);
		// The order would say nothing if nothing were compared with it.
		expect(betweenParts.length).toBeGreaterThan(100);
	});

	it('import each other one way only, also where they have the same place', () => {
		const targetsOf = (part: string) =>
			new Set(betweenParts.filter(({ from }) => from === part).map(({ to }) => to));
		const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
			[...targetsOf(from)].some((next) => {
				if (next === to) return true;
				if (seen.has(next)) return false;
				return reaches(next, to, seen.add(next));
			});
		expect(order.flat().filter((part) => reaches(part, part))).toEqual([]);
	});

	it('reach out of the nodes for vendor files alone', () => {
		const outside = imports.filter(
			({ target }) => !target.startsWith(NODES) && !target.startsWith(join(PROJECT, 'vendor')),
		);
		expect(outside.map(({ path }) => relative(NODES, path))).toEqual([]);
	});

	it('keep pure logic free of n8n and of HTTP', () => {
		const pure = ['schema', 'workflow', 'jobs', 'api', 'model', 'deployment'];
		const reaching = sources(NODES)
			.filter((path) => pure.includes(partOf(path)))
			.filter((path) => /from 'n8n-workflow'|httpRequest/.test(readFileSync(path, 'utf8')));
		expect(reaching).toEqual([]);
	});
});
