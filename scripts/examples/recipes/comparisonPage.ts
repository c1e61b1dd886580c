/**
 * The code of the Code node that makes one HTML page of all variations. It runs in n8n, for all items at once.
 *
 * Prompts and error messages come from outside, so all texts are escaped. Images are written into the page, because the URLs of
 * results expire.
 */
export const COMPARISON_PAGE = `// Prompts and error messages may contain HTML: show it as text.
const escapeHtml = (value) => String(value ?? '').replace(/[&<>"']/g, (character) => '&#' + character.charCodeAt(0) + ';');
const usd = (amount) => '$' + amount.toFixed(4).replace(/0{1,2}$/, '');

/** In USD, or undefined if RunComfy hasn't said. */
const costOf = ({ cost, error }) => cost ?? (error?.charged === 'no' ? 0 : undefined);

const prompts = $('One Item per Prompt').all().map((item) => item.json.prompt);
const items = $input.all();
const figures = [];
for (const [index, { json, binary }] of items.entries()) {
	let picture = '<p class="problem">' + escapeHtml(json.error?.message ?? 'No image') + '</p>';
	if (binary?.data) {
		// In the page itself, because the URLs of results expire.
		const bytes = await this.helpers.getBinaryDataBuffer(index, 'data');
		const source = 'data:' + binary.data.mimeType + ';base64,' + bytes.toString('base64');
		picture = '<img src="' + escapeHtml(source) + '" alt="' + escapeHtml(prompts[index]) + '">';
	}
	const cost = costOf(json);
	figures.push(
		'<figure>' + picture + '<figcaption>' + escapeHtml(prompts[index]) +
		'<br><b>' + (cost === undefined ? 'Cost unknown' : usd(cost)) + '</b></figcaption></figure>',
	);
}

const costs = items.map(({ json }) => costOf(json));
const total = costs.reduce((sum, cost) => sum + (cost ?? 0), 0);
const unknown = costs.filter((cost) => cost === undefined).length;
const totalText = usd(total) + (unknown > 0 ? ', plus ' + unknown + ' of unknown cost' : '');
const html = [
	'<!doctype html>',
	'<html lang="en"><meta charset="utf-8"><title>Prompt comparison</title>',
	'<style>',
	'body { font: 16px/1.4 sans-serif; margin: 2rem; }',
	'main { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fill, minmax(280px, 1fr)); }',
	'figure { margin: 0; } img { width: 100%; border-radius: 6px; } .problem { color: #b00020; }',
	'</style>',
	'<h1>Prompt comparison</h1>',
	'<p>' + items.length + ' variations, total ' + totalText + '</p>',
	'<main>' + figures.join('\\n') + '</main></html>',
].join('\\n');

return [{
	json: { variations: items.length, cost_usd: Number(total.toFixed(6)) },
	binary: {
		data: { data: Buffer.from(html).toString('base64'), mimeType: 'text/html', fileName: 'prompt-comparison.html' },
	},
}];
`;
