import { extensionOf, kindOfFileName, type MediaKind } from '../shared/mediaTypes';
import type { Candidate, FedInput } from './candidates';

/*
 * What an input is for: `groupOf(candidate)`, and the kind of file that an input for media takes: `mediaKindOf(candidate)`.
 */

/** The groups of the form in their order; those from `other` on are not shown until somebody adds them. */
export const GROUPS = ['prompt', 'media', 'size', 'sampling', 'seed', 'other', 'technical'] as const;

export type InputGroup = (typeof GROUPS)[number];

const PROMPT_NAMES = new Set([
	...['text', 'text_g', 'text_l', 'clip_l', 't5xxl', 'prompt', 'positive', 'negative', 'caption', 'lyrics', 'tags'],
]);
const VALUE_NAMES = new Set(['value', 'string', 'text']);
const HOLDS_TEXT = /String|Text|Prompt/;
/** Nobody writes so much but a prompt. Characters. */
const LONG_TEXT = 60;

const SIZE_NAMES = new Set([
	...[
		'width',
		'height',
		'length',
		'num_frames',
		'video_length',
		'frames',
		'duration',
		'seconds',
		'fps',
		'frame_rate',
	],
	...['batch_size', 'megapixels', 'aspect_ratio', 'resolution'],
]);
const SAMPLING_NAMES = new Set(['steps', 'cfg', 'guidance', 'denoise', 'strength']);
const SAMPLES = /Sampler|Scheduler|Guid/i;
const SEED_NAMES = new Set(['seed', 'noise_seed', 'rand_seed']);

const MEDIA_CLASSES = new Set([
	...['LoadImage', 'LoadImageMask', 'LoadImageOutput', 'LoadVideo', 'LoadAudio', 'LoadImageFromUrl', 'Load3D'],
	...['VHS_LoadVideo', 'VHS_LoadVideoPath', 'VHS_LoadAudio', 'VHS_LoadAudioUpload', 'ETN_LoadImageBase64'],
]);
const MEDIA_NAMES = new Set(['image', 'video', 'audio', 'file', 'url', 'model_file']);
const UPLOAD_FLAGS = ['image_upload', 'video_upload', 'audio_upload', 'file_upload'];

const LOADS_MODELS = /lora|checkpoint|model/i;

/** Files of models, which a person rarely changes. */
const MODEL_EXTENSIONS = new Set(['safetensors', 'sft', 'ckpt', 'gguf', 'pth', 'pt', 'bin', 'onnx', 'engine']);
const TECHNICAL_NAMES =
	/^(device|dtype|weight_dtype|precision|filename_prefix|format|pix_fmt|save_output|save_metadata|cpu_offload)$|(^|_)(ckpt|unet|vae|clip|lora|model)_name\d*$|_device$|_dtype$/;

/** What an input is for: by what its class says of it, and by names where the class says nothing. */
export function groupOf(candidate: Candidate): InputGroup {
	const { spec, inputName, node, saved } = candidate;
	const options = spec?.options ?? {};
	// Authors of nodes keep these out of sight themselves.
	if (options.advanced === true || options.hidden === true || options.forceInput === true) return 'technical';
	if (takesUploads(candidate)) return 'media';
	if (options.multiline !== true && (isModelFile(saved) || TECHNICAL_NAMES.test(inputName))) return 'technical';
	if (holdsMedia(candidate)) return 'media';
	if (isPrompt(candidate)) return 'prompt';
	const places = [{ inputName, classType: node.classType }, ...(candidate.feeds ?? []).slice(0, MAX_FED)];
	const named = places.map(groupOfName).find((group) => group !== undefined);
	if (named !== undefined) return named === 'seed' && !isSeedType(candidate) ? 'other' : named;
	return isSet(options.control_after_generate) && isSeedType(candidate) ? 'seed' : 'other';
}

/** A value that feeds more inputs is judged by the first of them. */
const MAX_FED = 20;

function groupOfName({ inputName, classType }: FedInput): InputGroup | undefined {
	if (SEED_NAMES.has(inputName)) return 'seed';
	if (SIZE_NAMES.has(inputName)) return 'size';
	return SAMPLING_NAMES.has(inputName) && SAMPLES.test(classType) ? 'sampling' : undefined;
}

/** ComfyUI offers "control after generate" for some choices as well. */
function isSeedType({ spec, saved }: Candidate): boolean {
	if (spec !== undefined) return spec.type === 'integer' || spec.type === 'number' || spec.type === 'open';
	return ['number', 'bigint'].includes(typeof saved) || (typeof saved === 'string' && /^-?\d{1,20}$/.test(saved));
}

function isPrompt({ spec, inputName, node, saved }: Candidate): boolean {
	if (spec?.type === 'text') return spec.options.multiline === true || isPromptText(inputName, node.classType);
	if (spec !== undefined && spec.type !== 'open') return false;
	if (typeof saved !== 'string') return false;
	return isPromptText(inputName, node.classType) || saved.length > LONG_TEXT || saved.includes('\n');
}

function isPromptText(inputName: string, classType: string): boolean {
	return PROMPT_NAMES.has(inputName) || (VALUE_NAMES.has(inputName) && HOLDS_TEXT.test(classType));
}

/** By what its class says, or by a class that is known to load media. */
function takesUploads({ spec, inputName, node, saved }: Candidate): boolean {
	if (spec !== undefined && UPLOAD_FLAGS.some((flag) => spec.options[flag] === true)) return true;
	const isText = typeof saved === 'string' || saved === null;
	return isText && canBeText(spec) && MEDIA_CLASSES.has(node.classType) && MEDIA_NAMES.has(inputName);
}

/** By what is saved; a prompt may hold a URL, and a loader of models names its file so too. */
function holdsMedia({ spec, inputName, node, saved }: Candidate): boolean {
	if (typeof saved !== 'string' || !canBeText(spec) || spec?.options.multiline === true) return false;
	if (isPromptText(inputName, node.classType) || /prefix|format/.test(inputName)) return false;
	return !LOADS_MODELS.test(node.classType) && namesMedia(saved);
}

function canBeText(spec: Candidate['spec']): boolean {
	return spec === undefined || ['text', 'choice', 'open'].includes(spec.type);
}

/** A URL, or a name with the extension of a medium and without anything that only a sentence has. */
function namesMedia(text: string): boolean {
	if (text.length > 2_000 || /[\r\n]/.test(text)) return false;
	if (/^https?:\/\/\S+$/i.test(text)) return !isModelFile(text);
	return kindOfFileName(text) !== undefined;
}

/** Whether a saved value is the file of a model. */
export function isModelFile(value: unknown): boolean {
	return typeof value === 'string' && MODEL_EXTENSIONS.has(extensionOf(value));
}

/** Whether a value is the name of some file, of a model or of a medium. */
export function isFileName(value: unknown): boolean {
	return isModelFile(value) || (typeof value === 'string' && kindOfFileName(value) !== undefined);
}

function isSet(option: unknown): boolean {
	return option !== undefined && option !== null && option !== false;
}

/**
 * The kind of media that an input takes; undefined where it may be any file. A wrong guess would refuse a good file, so
 * that only what is said counts.
 */
export function mediaKindOf({ spec, inputName, node, saved }: Candidate): MediaKind | undefined {
	const options = spec?.options ?? {};
	if (options.image_upload === true) return 'image';
	if (options.video_upload === true) return 'video';
	if (options.audio_upload === true) return 'audio';
	if (MEDIA_CLASSES.has(node.classType)) {
		const word = /Image|Video|Audio/.exec(node.classType)?.[0] ?? (MEDIA_NAMES.has(inputName) ? inputName : '');
		const kind = word.toLowerCase();
		return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : undefined;
	}
	return typeof saved === 'string' ? kindOfFileName(saved.split(/[?#]/)[0] ?? '') : undefined;
}
