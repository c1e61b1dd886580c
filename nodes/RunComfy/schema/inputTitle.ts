import { truncate } from '../shared/text';

/** Words with a special spelling in titles. */
const SPELLINGS: Record<string, string> = {
	ai: 'AI',
	bpm: 'BPM',
	cfg: 'CFG',
	fps: 'FPS',
	hd: 'HD',
	id: 'ID',
	json: 'JSON',
	lora: 'LoRA',
	loras: 'LoRAs',
	ms: 'ms',
	url: 'URL',
	urls: 'URLs',
};

const SMALL_WORDS = new Set(['a', 'and', 'at', 'by', 'for', 'in', 'of', 'on', 'or', 'per', 'the', 'to']);

/** Longer titles would crowd out the rest of a label or message. */
const MAX_TITLE_LENGTH = 60;

/** The readable name of an input: the schema's own title, or one made from the property name. */
export function inputTitle(name: string, schemaTitle: unknown): string {
	const given = typeof schemaTitle === 'string' ? schemaTitle.replace(/\s+/g, ' ').trim() : '';
	const title = given !== '' ? given : titleFromName(name);
	return truncate(title, MAX_TITLE_LENGTH);
}

/** An identifier as words: `portrait_4_3` as "Portrait 4:3", because two numbers in a row are a ratio wherever they were seen. */
export function inWords(identifier: string): string {
	return titleFromWords(identifier.replace(/(?<=_)(\d{1,2})_(\d{1,2})$/, '$1:$2'));
}

/** Community workflows name inputs by node, as in `33_video`: the number goes after the word. */
function titleFromName(name: string): string {
	const byNode = /^(\d+)[_-](.*[a-z].*)$/i.exec(name);
	return byNode ? `${titleFromWords(byNode[2] ?? '')} (${byNode[1]})` : titleFromWords(name) || name;
}

function titleFromWords(name: string): string {
	const words = name
		.replace(/([a-z\d])([A-Z])/g, '$1 $2')
		.split(/[\s_-]+/)
		.filter((word) => word !== '')
		.map((word) => word.toLowerCase());
	const titled = words.map((word, index) => {
		if (Object.hasOwn(SPELLINGS, word)) return SPELLINGS[word];
		if (index > 0 && SMALL_WORDS.has(word)) return word;
		return word.charAt(0).toUpperCase() + word.slice(1);
	});
	return titled.join(' ');
}
