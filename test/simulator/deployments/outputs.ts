import type { DeploymentRequest, Graph } from './types';

/** A file as ComfyUI's result names it. */
interface OutputFile {
	url: string;
	filename: string;
	subfolder: string;
	type: 'output' | 'temp' | 'input';
}

/** What a node that ends a graph gives: its channel and files, or texts. */
interface Ending {
	channel: string;
	extension?: string;
	type?: OutputFile['type'];
}

/** The channel does not tell the kind: VideoHelperSuite's mp4 files are `gifs`. */
const ENDINGS: Record<string, Ending> = {
	SaveImage: { channel: 'images', extension: 'png' },
	PreviewImage: { channel: 'images', extension: 'png', type: 'temp' },
	VHS_VideoCombine: { channel: 'gifs', extension: 'mp4' },
	SaveVideo: { channel: 'video', extension: 'mp4' },
	SaveAudio: { channel: 'audio', extension: 'mp3' },
	SaveAudioMP3: { channel: 'audio', extension: 'mp3' },
	'ShowText|pysssss': { channel: 'text' },
	PreviewAny: { channel: 'text' },
};

/** No graph of a test makes more of them. */
const MAX_FILES = 8;

/** The `outputs` of a request: by node and channel. */
export function outputsOf({ id, graph, isCached }: DeploymentRequest, filesUrl: string): Record<string, unknown> {
	if (graph === undefined || isCached) return {};
	const outputs: Record<string, unknown> = {};
	for (const [nodeId, { class_type: name, inputs }] of Object.entries(graph)) {
		const ending = Object.hasOwn(ENDINGS, name) ? ENDINGS[name] : undefined;
		if (ending === undefined) continue;
		outputs[nodeId] = {
			[ending.channel]: ending.extension
				? filesOf(`${filesUrl}/files/${id}`, nodeId, ending, String(inputs.filename_prefix ?? 'ComfyUI'), graph)
				: [['A street in the rain.']],
		};
	}
	return outputs;
}

/** The flat output of a LoRA deployment. */
export function loraOutputOf({ id }: DeploymentRequest, filesUrl: string): Record<string, unknown> {
	return { images: [`${filesUrl}/files/${id}/output/lora_00001_.png`] };
}

function filesOf(
	base: string,
	nodeId: string,
	{ channel, extension, type = 'output' }: Ending,
	prefix: string,
	graph: Graph,
): OutputFile[] {
	const parts = prefix.split('/');
	const count = channel === 'images' ? batchSizeOf(graph) : 1;
	return Array.from({ length: count }, (_, index) => {
		const filename = `${parts.at(-1)}_${String(index + 1).padStart(5, '0')}_.${extension}`;
		const subfolder = parts.slice(0, -1).join('/');
		// Previews and saved files of one name lie in folders of their own.
		return { url: `${base}/${type}/${filename}?node=${encodeURIComponent(nodeId)}`, filename, subfolder, type };
	});
}

function batchSizeOf(graph: Graph): number {
	const sizes = Object.values(graph).map(({ inputs }) => Number(inputs.batch_size));
	const size = sizes.find((number) => Number.isFinite(number) && number > 0) ?? 1;
	return Math.min(MAX_FILES, Math.floor(size));
}

const STOCK: Record<string, string> = {
	jpg: 'input-1280x720.jpg',
	mp3: 'audio-2s.mp3',
	mp4: 'video-720p-121.mp4',
	png: 'image-1024x1024.png',
};

/** The file of the simulator's stock that stands for a file of a deployment: `/files/<request>/<type>/<name>`. */
export function stockNameOf(path: string): string | undefined {
	const [, , , type, name] = path.split('/');
	if (name === undefined || !/^(output|temp|input)$/.test(type ?? '')) return undefined;
	return STOCK[name.split('.').at(-1) ?? ''];
}
