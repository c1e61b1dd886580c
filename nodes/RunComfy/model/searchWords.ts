/** How people abbreviate the inputs and outputs of models. */
const SHORT_KINDS: Record<string, string> = {
	t: 'text',
	txt: 'text',
	text: 'text',
	i: 'image',
	img: 'image',
	image: 'image',
	picture: 'image',
	photo: 'image',
	v: 'video',
	vid: 'video',
	video: 'video',
	a: 'audio',
	audio: 'audio',
	s: 'speech',
	speech: 'speech',
	m: 'music',
	music: 'music',
	r: 'reference',
	ref: 'reference',
	reference: 'reference',
};
const KIND = Object.keys(SHORT_KINDS).join('|');
const LONG_KIND = Object.keys(SHORT_KINDS)
	.filter((name) => name.length > 1)
	.join('|');
/** Single letters only around a 2: "i2v" is a task, "a to v" isn't. */
const TASK = alone(`(${KIND})2(${KIND})|(${LONG_KIND}) to (${LONG_KIND})`);
/** "text 2 image"; but the 2 in "gpt image 2 text to image" is its version. */
const SPACED_TASK = alone(`(text|txt|img|vid|video) 2 (${LONG_KIND})(?! to)|(image) 2 (video|vid)(?! to)`);
const FIRST_LAST_FRAME = alone('flf(?:2v)?');

/** What to search for in addition to a typed word. */
const SAME: Record<string, string[]> = {
	img: ['image'],
	pic: ['image'],
	picture: ['image'],
	images: ['image'],
	pictures: ['image'],
	vid: ['video'],
	videos: ['video'],
	tts: ['speech', 'texttospeech', 'texttoaudio'],
	texttospeech: ['speech', 'tts', 'texttoaudio'],
	stt: ['speechtotext', 'audiototext', 'transcription'],
	sfx: ['sound', 'effects'],
	lipsync: ['sync', 'lip'],
	upscale: ['upscaler', 'upscaling'],
};

/** How much of a text is read, because descriptions are external. Characters. */
const MAX_TEXT = 1_000;

/**
 * The words of a text, normalized for comparison: lower case without accents, "i2v" and "image to video" as
 * "imagetovideo", versions as "3.0" however they are written, and names separated from the numbers after them.
 */
export function wordsOf(text: string): string[] {
	return (
		plain(text)
			.replace(TASK, (_task, shortFrom?: string, shortTo?: string, from?: string, to?: string) =>
				taskWord(shortFrom ?? from, shortTo ?? to),
			)
			.replace(FIRST_LAST_FRAME, 'first last frame')
			// "kling3pro" is "kling 3 pro", but "4k", "9b", "o3" and "1080p" are words of their own.
			.replace(/(?<![\p{L}\p{N}])(v|\p{L}{2,})(?=\d)/gu, (name: string) => (name === 'v' ? '' : `${name} `))
			.replace(/(\d)(?=\p{L}{3,})/gu, '$1 ')
			// "3 0" in an ID such as dreamina-3-0 is the 3.0 in its name.
			.replace(/(?<![\p{L}\p{N}.])(\d{1,2}) (\d)(?![\p{L}\p{N}.])/gu, '$1.$2')
			.split(' ')
			.filter((word) => word !== '')
	);
}

/** The words of a search. */
export function typedWords(text: string): string[] {
	return wordsOf(
		plain(text).replace(SPACED_TASK, (_task, from?: string, to?: string, image?: string, video?: string) =>
			taskWord(from ?? image, to ?? video),
		),
	);
}

/** What a text may contain for a typed word; the word itself comes first. */
export function alternativesOf(word: string): string[] {
	return [word, ...(Object.hasOwn(SAME, word) ? (SAME[word] ?? []) : [])];
}

/** All ways in which a word of a text may be typed: a task is found by its parts, and version 3.0 by 3. */
export function formsOf(word: string): string[] {
	const task = /^(text|image|video|audio|speech|music|reference)to(text|image|video|audio|speech|music)$/.exec(word);
	if (task) return [word, task[1] ?? '', 'to', task[2] ?? ''];
	if (/^\d+$/.test(word)) return [word, `${word}.0`];
	if (/^\d+\.0$/.test(word)) return [word, word.slice(0, -2)];
	return [word];
}

/** A text without anything between its letters and digits. */
export function compact(text: string): string {
	return plain(text).replace(/[ .]/g, '');
}

/** Lower case without accents. Everything except letters, digits and decimal points becomes a blank. */
function plain(text: string): string {
	const start = text.slice(0, MAX_TEXT).toLowerCase();
	const letters = /^[\x20-\x7e]*$/.test(start) ? start : start.normalize('NFKD').replace(/\p{M}/gu, '');
	return letters
		.replace(/(?<!\d)\.|\.(?!\d)|[^\p{L}\p{N}.]+/gu, ' ')
		.replace(/ {2,}/g, ' ')
		.trim();
}

function taskWord(from = '', to = ''): string {
	return `${SHORT_KINDS[from]}to${SHORT_KINDS[to]}`;
}

/** A pattern for whole words only. */
function alone(pattern: string): RegExp {
	return new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`, 'gu');
}
