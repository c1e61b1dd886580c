import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { readFacts } from '../../scripts/live/facts';

const TEST = resolve(__dirname, '..');
const SIMULATOR = join(TEST, 'simulator');
const facts = readFacts();

/** The interfaces whose keys are the simulator's settings, by the word that docs/facts.md writes before them. */
const SETTINGS = {
	settings: ['simulator.ts', 'SimulatorSettings'],
	habits: ['habits.ts', 'Habits'],
	deployments: ['deployments/types.ts', 'DeploymentSettings'],
	webhooks: ['deployments/types.ts', 'WebhookSettings'],
} as const;
/** `plan` is the way of one request, and not of the service; the other two hold settings that are listed themselves. */
const NOT_FACTS = ['settings.plan', 'settings.habits', 'deployments.webhooks', 'webhooks.hosts'];

function settingsOf(group: keyof typeof SETTINGS): string[] {
	const [file, name] = SETTINGS[group];
	const [, body = ''] = new RegExp(`interface ${name} \\{\n([\\s\\S]*?)\n\\}`).exec(
		readFileSync(join(SIMULATOR, file), 'utf8'),
	) ?? [''];
	return [...body.matchAll(/^\t(\w+)\??:/gm)].map(([, key = '']) => `${group}.${key}`);
}

const allSettings = (Object.keys(SETTINGS) as Array<keyof typeof SETTINGS>).flatMap(settingsOf);
const isSetting = (place: string) => !place.includes('.ts:');

/** Whether the file declares that name: a function, method, constant or key. */
function declares(place: string): boolean {
	const [file = '', name = ''] = place.split(':');
	const path = join(SIMULATOR, file);
	const declaration = new RegExp(`(?:^\\t(?:private )?|function |const )${name}\\b ?[(:=]`, 'm');
	return existsSync(path) && declaration.test(readFileSync(path, 'utf8'));
}

const sourceOf = (test: string) => readFileSync(join(TEST, `${test}.test.ts`), 'utf8');

describe('docs/facts.md', () => {
	it('has each fact once', () => {
		expect(facts.length).toBeGreaterThan(50);
		expect(new Set(facts.map(({ id }) => id)).size).toBe(facts.length);
	});

	it('names every setting and every habit of the simulator', () => {
		expect(allSettings.length).toBeGreaterThan(30);
		const named = facts.map(({ simulator }) => simulator).filter(isSetting);
		expect([...named, ...NOT_FACTS].sort()).toEqual([...allSettings].sort());
	});

	it('names functions that the simulator has', () => {
		const places = facts.map(({ simulator }) => simulator).filter((place) => !isSetting(place));
		expect(places.filter((place) => !declares(place))).toEqual([]);
		expect(declares('requests.ts:nothingLikeThat')).toBe(false);
	});

	it('names tests that there are, and that use the setting or have the words', () => {
		expect(facts.filter(({ test }) => !existsSync(join(TEST, `${test}.test.ts`)))).toEqual([]);
		const unused = facts.filter(({ simulator, test, evidence }) => {
			const words = isSetting(simulator) ? simulator.split('.')[1] : evidence;
			return words === undefined || !sourceOf(test).includes(words);
		});
		expect(unused.map(({ id }) => id)).toEqual([]);
	});

	it('is refused where a line has no source', () => {
		expect(() => readFacts('| `a` | b | guessed | `c.ts:d` | `unit/e` |')).toThrow('Not a fact');
	});
});
