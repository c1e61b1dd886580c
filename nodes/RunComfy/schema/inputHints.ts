import { truncate, withoutMarkup } from '../shared/text';
import { FRAMES_PER_SECOND } from '../shared/units';
import { inWords } from './inputTitle';
import { mediaLimits } from './mediaLimits';
import type { Choice, ModelInput } from './modelInputs';

const COUNTS_FRAMES = /^(number_of_frames|num_frames|frames)$/;

/** Marks the title of a required input. */
export const REQUIRED_MARK = ' *';

/** Longer labels would fill the panel; the whole value is sent. */
const MAX_CHOICE_LENGTH = 80;

/** Inputs with these names are in seconds wherever they were seen. */
const IN_SECONDS = /(^|_)duration$|_seconds$/;

/**
 * The label of an input in the form: its title, a star when it is required, and hints in brackets, because a resource
 * mapper has no descriptions. The editor shows about 28 letters unless its panel is widened, so the hints are terse, and
 * rules about files come last.
 */
export function inputLabel(input: ModelInput): string {
	const hints = [
		mediaHint(input),
		input.kind === 'json' && !input.isList ? 'JSON' : undefined,
		input.isList && input.kind !== 'media' ? listHint(input, 'JSON list') : undefined,
		rangeHint(input),
		isLongText(input) ? '1 line' : undefined,
		input.maxLength === undefined ? undefined : `max ${input.maxLength} chars`,
		savedHint(input),
		input.name === 'seed' && input.default === -1 && (input.minimum ?? -1) <= -1 ? '-1 = random' : undefined,
	].filter((hint) => hint !== undefined);
	const title = input.required ? input.title + REQUIRED_MARK : input.title;
	return hints.length > 0 ? `${title} (${hints.join(', ')})` : title;
}

const NAMED_AS_LONG = /(^|_)(lyrics?|script|story|dialogues?|transcript)$/;
/** Characters. Shorter texts are rarely written in several lines. */
const LONG_TEXT = 1_000;

/** Whether a text is usually written in several lines, which a field of the form doesn't keep; Text Inputs does. */
function isLongText({ name, kind, isList, maxLength = 0, saved }: ModelInput): boolean {
	if (kind !== 'text' || isList) return false;
	// Names in a workflow come after that of their node.
	const ownName = name.slice(name.indexOf('.') + 1);
	const isSavedInLines = typeof saved === 'string' && saved.trim().includes('\n');
	return isSavedInLines || NAMED_AS_LONG.test(ownName) || maxLength >= LONG_TEXT;
}

/** An identifier, whose words can be read when they stand apart. */
const HAS_WORDS = /^[a-z][a-z\d]*(_[a-z\d]+)+$/i;

/** The label of a choice: numbers of frames also show seconds, and identifiers their words before the value itself. */
export function choiceLabel(input: ModelInput, choice: Choice): string {
	if (typeof choice === 'number' && COUNTS_FRAMES.test(input.name)) {
		return `${choice} (≈ ${Math.round(choice / FRAMES_PER_SECOND)} s)`;
	}
	const text = truncate(String(choice), MAX_CHOICE_LENGTH);
	// Names in a workflow are those that ComfyUI's own menus show.
	if (HAS_WORDS.test(text) && !('saved' in input)) return `${inWords(text)} (${text})`;
	const isNumber = typeof choice === 'number' || /^\d+(\.\d+)?$/.test(String(choice));
	return isNumber && IN_SECONDS.test(input.name) ? `${text} s` : text;
}

function mediaHint(input: ModelInput): string | undefined {
	if (input.kind !== 'media') return undefined;
	const isSeveral = input.isList && input.maxItems !== 1;
	// A title such as "Image URLs" already says so.
	const word = /\bURLs?\b/.test(input.title) ? undefined : isSeveral ? 'URLs' : 'URL';
	const parts = [word, isSeveral ? countHint(input) : undefined, ...mediaLimits(input.schema)];
	return parts.filter((part) => part !== undefined).join(', ') || undefined;
}

function listHint(input: ModelInput, what: string): string {
	const count = countHint(input);
	return count === undefined ? what : `${what}, ${count}`;
}

function countHint({ minItems = 0, maxItems }: ModelInput): string | undefined {
	if (maxItems === undefined) return undefined;
	return minItems > 1 ? `${minItems}–${maxItems}` : `max ${maxItems}`;
}

/** Enough of a saved text to recognise it. Characters. */
const MAX_SAVED_LENGTH = 24;

/** What counts where the field stays empty; a form of a workflow fills nothing in. */
function savedHint({ kind, saved }: ModelInput): string | undefined {
	if (saved === undefined || saved === null || typeof saved === 'object') return undefined;
	const text = String(saved)
		.slice(0, 1000)
		.replace(/[\s\p{Cc}]+/gu, ' ')
		.trim();
	if (text === '') return undefined;
	// Of a URL or a path the file's name tells most; what follows it may be a secret. An encoded file tells nothing.
	const isEncoded = kind === 'media' && (/^data:/i.test(text) || text.length > 500);
	const name = kind === 'media' ? (text.split(/[?#]/)[0]?.split(/[\\/]/).at(-1) ?? text) : text;
	return `now ${isEncoded ? 'a file' : truncate(withoutMarkup(name), MAX_SAVED_LENGTH)}`;
}

function rangeHint(input: ModelInput): string | undefined {
	const { name, maximum } = input;
	const unit = IN_SECONDS.test(name) ? ' s' : '';
	// A maximum that is only the limit of an integer type isn't shown.
	const highest = maximum !== undefined && maximum >= 2_147_483_647 ? undefined : maximum;
	const minimum = input.minimum !== undefined && input.minimum <= -2_147_483_647 ? undefined : input.minimum;
	// A dash beside a minus sign reads badly, and limits of workflows are often negative.
	const to = (minimum ?? 0) < 0 || 'saved' in input ? ' to ' : '–';
	if (minimum !== undefined && highest !== undefined) return `${minimum}${to}${highest}${unit}`;
	if (highest !== undefined) return `max ${highest}${unit}`;
	if (minimum !== undefined && minimum > 0) return `min ${minimum}${unit}`;
	return unit !== '' && (input.kind === 'integer' || input.kind === 'number') ? 'seconds' : undefined;
}
