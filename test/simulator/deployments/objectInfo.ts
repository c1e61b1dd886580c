import { definitionsText } from './demoDeployments';

/** The size of a real file: 2,068 classes were 3.9 MB. Bytes. */
const REAL_BYTES = 4 * 1024 * 1024;

let real: string | undefined;

/** An object_info file of real size, with the node definitions of the demo workflows in its middle. */
export function objectInfoText(bytes = REAL_BYTES): string {
	if (bytes !== REAL_BYTES) return withFillers(bytes);
	real ??= withFillers(bytes);
	return real;
}

function withFillers(bytes: number): string {
	const definitions = definitionsText().trim().slice(1, -1).trim();
	const fillers: string[] = [];
	for (let length = definitions.length, index = 0; length < bytes; index++) {
		const filler = fillerClass(index);
		fillers.push(filler);
		length += filler.length + 1;
	}
	const half = Math.floor(fillers.length / 2);
	return `{${[...fillers.slice(0, half), definitions, ...fillers.slice(half)].join(',')}}`;
}

/** A class that no workflow uses, with braces and quotes in its texts as real ones have. */
function fillerClass(index: number): string {
	const name = `Filler${index} {of "${index % 7}"}`;
	const choices = Array.from({ length: 40 }, (_, choice) => `models/part-${index}/file_${choice}.safetensors`);
	return JSON.stringify({
		[name]: {
			input: {
				required: {
					model: ['MODEL'],
					file: [choices, { tooltip: 'A "file" of {this} machine\\' }],
					strength: ['FLOAT', { default: 1, min: -20, max: 20, step: 0.01 }],
				},
			},
			output: ['MODEL'],
			name,
			display_name: `Filler ${index} 🔬`,
			description: 'Stands for the thousands of classes of a real machine',
			category: 'fillers',
			output_node: false,
		},
	}).slice(1, -1);
}
