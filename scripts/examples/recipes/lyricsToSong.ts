import { fixedData, manual, runComfy, type ExampleInputs } from '../parts';
import type { Example } from '../toWorkflow';

const LYRICS = `[verse]
The harbor lights are going out
The tide comes in without a sound

[chorus]
Row me home, row me home
Before the morning finds the stones`;

/** A song of a text, whose line breaks arrive. */
export function lyricsToSong(input: ExampleInputs): Example {
	return {
		file: 'lyrics-to-song.json',
		name: 'RunComfy: lyrics to song',
		note: {
			does: 'Makes a one-minute song from lyrics and a style. The lyrics go through Text Inputs, which keeps their line breaks. The file is named after the title.',
			costs: 'One text-to-audio request per run, for up to 1 USD (Spend Limit).',
			change: 'Edit title, style and lyrics in Lyrics ("\\n" is a line break), or replace it with a form or a table. Duration in Make Song is in seconds, up to 240.',
		},
		nodes: [
			manual,
			fixedData('Lyrics', { title: 'Row Me Home', style: 'folk, acoustic guitar, warm female voice', lyrics: LYRICS }),
			runComfy('Make Song', {
				...input.song,
				textInputs: { input: [{ field: 'lyrics', text: '={{ $json.lyrics }}' }] },
				options: { fileName: '={{ $json.title }}', spendLimit: 1 },
			}),
		],
		connections: { 'Manual Trigger': [['Lyrics']], Lyrics: [['Make Song']] },
	};
}
