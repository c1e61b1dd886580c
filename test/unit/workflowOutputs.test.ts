import { collectWorkflowOutputs } from '../../nodes/RunComfy/workflow/outputs';
import { counted, resultOf } from '../support/steps';
import { graphOf, workflowOf } from '../support/workflows';

const BASE = 'https://serverless-api-storage.runcomfy.net/deployment_requests/r1/output/';
const file = (filename: string, type?: string, more: object = {}) => ({
	url: BASE + filename,
	filename,
	subfolder: '',
	...(type === undefined ? {} : { type }),
	...more,
});
const collect = (outputs: unknown, graph = workflowOf('sdxl-text-to-image').graph) =>
	resultOf(collectWorkflowOutputs(outputs, graph));
const urls = (outputs: unknown) => collect(outputs).files.map(({ url }) => url.slice(BASE.length));

describe('the outputs of a workflow', () => {
	it('are files by node and channel, in the order of the nodes', () => {
		const { files, warnings, isEmpty } = collect({
			'57:27': { gifs: [file('clip.mp4', 'output')] },
			57: { audio: [file('song.flac', 'output')] },
			9: { images: [file('a.png', 'output'), file('b.webp')] },
			word: { pano_output_images: [file('pano.zip', 'output')] },
		});
		expect(
			files.map(({ nodeId, channel, filename, type, kind }) => [nodeId, channel, filename, type, kind]),
		).toEqual([
			['9', 'images', 'a.png', 'output', 'image'],
			['9', 'images', 'b.webp', 'output', 'image'],
			['57', 'audio', 'song.flac', 'output', 'audio'],
			['57:27', 'gifs', 'clip.mp4', 'output', 'video'],
			['word', 'pano_output_images', 'pano.zip', 'output', undefined],
		]);
		expect({ warnings, isEmpty }).toEqual({ warnings: [], isEmpty: false });
	});

	it('are previews only where there is nothing else, and never what went in', () => {
		expect(
			urls({
				1: { images: [file('p.png', 'temp')] },
				2: { images: [file('a.png', 'output'), file('in.png', 'input')] },
			}),
		).toEqual(['a.png']);
		const previews = collect({ 1: { images: [file('p.png', 'temp'), file('in.png', 'input')] } });
		expect(previews.files.map(({ filename }) => filename)).toEqual(['p.png']);
		expect(previews.warnings).toEqual([expect.stringContaining('previews')]);
		expect(collect({ 1: { images: [file('in.png', 'input')] } })).toEqual({
			files: [],
			texts: [],
			warnings: [],
			isEmpty: true,
		});
	});

	it('name a file once, as saved where it is both', () => {
		expect(
			collect({
				1: { images: [file('a.png', 'temp')] },
				2: { images: [file('a.png', 'output')], video: [file('a.png', 'output')] },
			}).files,
		).toMatchObject([{ nodeId: '1', type: 'output' }]);
	});

	it('hold texts of any nesting, also those that look like URLs', () => {
		const { texts, files, isEmpty } = collect({
			3: { text: [['a dog'], ['in', ['a park', '']]] },
			4: { text: 'https://a.example/page' },
			5: { string: ['x'] },
		});
		expect({ texts, files, isEmpty }).toEqual({
			texts: ['a dog', 'in', 'a park', 'https://a.example/page', 'x'],
			files: [],
			isEmpty: false,
		});
	});

	it('are found where a custom node puts them', () => {
		expect(
			urls({
				1: { result: { images: [file('a.png')] } },
				2: [file('b.png')],
				3: file('c.png'),
				4: { video: file('d.mp4') },
				5: { videos: [`${BASE}e.mp4`] },
			}),
		).toEqual(['a.png', 'b.png', 'c.png', 'd.mp4', 'e.mp4']);
	});

	it('have the title of the node where two save under one name', () => {
		const graph = graphOf({
			9: { class_type: 'SaveImage', inputs: {}, _meta: { title: 'Large\nPicture' } },
			10: { class_type: 'SaveImage', inputs: {} },
		});
		const two = (folder: string) => ({ ...file('x_00001_.png'), url: `${BASE}${folder}/x_00001_.png` });
		const { files } = collect(
			{ 9: { images: [two('a'), file('other.png')] }, 10: { images: [two('b')] }, 11: { images: [two('c')] } },
			graph,
		);
		expect(files.map(({ nodeTitle }) => nodeTitle)).toEqual(['Large Picture', undefined, 'SaveImage', 'Node 11']);
	});

	it.each([
		[null],
		[undefined],
		[{}],
		[[]],
		['text'],
		[7],
		[{ 9: null }],
		[{ 9: {} }],
		[{ 9: { images: [] } }],
		[{ 9: { images: [null, 3, { url: 4 }, { url: ' ' }] } }],
	])('are nothing in %j', (outputs) => {
		expect(collect(outputs)).toMatchObject({ files: [], texts: [], isEmpty: true });
	});

	it('are listed in steps, and no further than anyone looks', () => {
		const many = { 9: { images: Array.from({ length: 120_000 }, (_, at) => file(`${at}.png`)) } };
		const { result, count } = counted(collectWorkflowOutputs(many));
		expect(result.files).toHaveLength(100_000);
		expect(count).toBeGreaterThan(100_000);
		const deep = {
			9: { images: Array.from({ length: 50 }).reduce<unknown>((inner) => [inner], file('deep.png')) },
		};
		expect(collect(deep).isEmpty).toBe(true);
	});
});
