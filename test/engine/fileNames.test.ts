import { fieldInput, useBench } from './support/setup';

const bench = useBench();

const VIDEO = 'video-720p-121.mp4';
const IMAGE = 'image-1024x1024.png';
const urlOf = (name: string, folder = 'x') => `${bench.simulator.url}/files/${folder}/${name}`;
const idOf = (index: number) => String(bench.simulator.accepted[index]?.id).slice(0, 8);

/** The names of the files of each item, in the binary data and in `files`. */
async function namesOf(options: object, itemsIn: object[] = [{}]): Promise<string[][]> {
	const execution = await bench.runFast(fieldInput(bench.dreaminaInput(), { options: options as never }), {
		items: itemsIn.map((json) => ({ json: json as never })),
	});
	return execution.items('RunComfy').map(({ json, binary = {} }) => {
		const names = Object.values(binary).map(({ fileName }) => String(fileName));
		expect((json.files as Array<{ fileName: string }>).map(({ fileName }) => fileName)).toEqual(names);
		return names;
	});
}

describe('the names of files', () => {
	it('are different for requests whose files have one name at the server', async () => {
		bench.simulator.nextPlans.push({ output: [urlOf(VIDEO)] }, { output: [urlOf(VIDEO)] });
		const names = (await namesOf({ maxConcurrency: 1 }, [{}, {}])).flat();

		expect(names).toEqual([`video-720p-121-${idOf(0)}.mp4`, `video-720p-121-${idOf(1)}.mp4`]);
	});

	it('are what File Name gives for each item', async () => {
		bench.simulator.nextPlans.push({ output: [urlOf(VIDEO)] }, { output: [urlOf(IMAGE)] });
		const names = await namesOf({ fileName: '={{ $json.sku }}-{{ $itemIndex }}', maxConcurrency: 1 }, [
			{ sku: 'boat v1.2' },
			{ sku: 7 },
		]);

		expect(names).toEqual([['boat v1.2-0.mp4'], ['7-1.png']]);
	});

	it('number several files of an item, those alone that were fetched', async () => {
		bench.simulator.nextPlans.push({ output: [urlOf(VIDEO), urlOf(IMAGE), urlOf('none.mp4')] });
		bench.simulator.fault({ on: 'file', skip: 2, action: { type: 'answer', status: 410 } });

		expect(await namesOf({ fileName: 'boat' })).toEqual([['boat-1.mp4', 'boat-2.png']]);
	});

	it.each([
		['../../etc/passwd', '_.._etc_passwd.mp4'],
		['clip.mp4', 'clip.mp4'],
		['CLIP.MP4', 'CLIP.mp4'],
		['clip.png', 'clip.png.mp4'],
		['con', '_con.mp4'],
		['a/b\\c:d', 'a_b_c_d.mp4'],
		['x'.repeat(500), `${'x'.repeat(120)}.mp4`],
		['={{ true }}', 'true.mp4'],
		['={{ "ab".repeat(5000) + ".mp4" }}', `${'ab'.repeat(60)}.mp4`],
	])('are safe for the File Name %s', async (fileName, safe) => {
		bench.simulator.nextPlans.push({ output: [urlOf(VIDEO)] });

		expect(await namesOf({ fileName })).toEqual([[safe]]);
	});

	it.each(['', '={{ $json.nothing }}', '...', '={{ null }}', '\u200b'])(
		'are those of the server for the File Name %j',
		async (fileName) => {
			bench.simulator.nextPlans.push({ output: [urlOf(VIDEO)] });

			expect(await namesOf({ fileName })).toEqual([[`video-720p-121-${idOf(0)}.mp4`]]);
		},
	);

	it.each([
		['boat', 1],
		['boat-{{ $itemIndex }}', 0],
		['{{ ["a/b", "a:b", "A_b"][$itemIndex] }}', 2],
		['{{ "x".repeat(300) + $itemIndex }}', 1],
		['{{ ["boat.mp4", "boat", "boot"][$itemIndex] }}', 1],
	])('are worth a hint where items share one: File Name %s', async (fileName, count) => {
		const execution = await bench.run(
			fieldInput(bench.dreaminaInput(), { options: { fileName: `=${fileName}` } }),
			{ items: [{ json: {} }, { json: {} }, { json: {} }] },
		);

		expect(execution.warnings('RunComfy').filter((hint) => hint.includes('overwrite'))).toHaveLength(count);
	});

	it('are never an object, and that is refused before anything is paid', async () => {
		const execution = await bench.run(
			fieldInput(bench.dreaminaInput(), { options: { fileName: '={{ $json }}' } }),
			{ items: [{ json: { a: 1 } }] },
		);

		expect(execution.error('RunComfy')?.message).toContain('File Name must be text');
		expect(bench.simulator.calls('submit')).toHaveLength(0);
	});
});
