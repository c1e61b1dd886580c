import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const ROOT = resolve(__dirname, '..', '..', 'nodes', 'RunComfy');

function sources(folder: string): string[] {
	return readdirSync(folder).flatMap((name) => {
		const path = join(folder, name);
		if (statSync(path).isDirectory()) return sources(path);
		return path.endsWith('.ts') ? [path] : [];
	});
}

/** The first folder below the node's own, or the node itself. */
const folderOf = (path: string) => (relative(ROOT, path).includes(sep) ? (relative(ROOT, path).split(sep)[0] ?? '') : 'node');

/** Which folders the files of each folder import from. */
function imports(): Map<string, Set<string>> {
	const graph = new Map<string, Set<string>>();
	for (const path of sources(ROOT)) {
		const targets = [...readFileSync(path, 'utf8').matchAll(/from '(\.[^']+)'/g)].map(([, target]) => resolve(dirname(path), target ?? ''));
		for (const target of targets.filter((entry) => entry.startsWith(ROOT))) {
			const [from, to] = [folderOf(path), folderOf(target)];
			if (from !== to) graph.set(from, (graph.get(from) ?? new Set()).add(to));
		}
	}
	return graph;
}

describe('the folders of the node', () => {
	it('import each other one way only', () => {
		const graph = imports();
		const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
			[...(graph.get(from) ?? [])].some((next) => {
				if (next === to) return true;
				if (seen.has(next)) return false;
				return reaches(next, to, seen.add(next));
			});
		expect([...graph.keys()].filter((folder) => reaches(folder, folder))).toEqual([]);
	});

	it('keep pure logic free of n8n and of HTTP', () => {
		const pure = ['schema', 'jobs', 'api', 'model'];
		const reaching = sources(ROOT)
			.filter((path) => pure.includes(folderOf(path)))
			.filter((path) => /from 'n8n-workflow'|httpRequest/.test(readFileSync(path, 'utf8')));
		expect(reaching).toEqual([]);
	});
});
