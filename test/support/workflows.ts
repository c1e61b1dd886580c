import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readGraph, type WorkflowGraph } from '../../nodes/RunComfy/workflow/graph';
import { ObjectInfoExtractor, type NodeClass } from '../../nodes/RunComfy/workflow/objectInfo';
import { describeWorkflow, type Workflow } from '../../nodes/RunComfy/workflow/workflowInputs';

const FOLDER = join(__dirname, '..', 'fixtures', 'workflows');

/** The two published forms of an `object_info`. */
export type ObjectInfoForm = 'classic' | 'new';

/** The text of a workflow of the fixtures. */
export function workflowText(name: string): string {
	return readFileSync(join(FOLDER, `${name}.json`), 'utf8');
}

/** The names of all workflows of the fixtures. */
export function workflowNames(): string[] {
	return readdirSync(FOLDER)
		.filter((name) => !name.endsWith('.object_info.json'))
		.map((name) => name.replace(/\.json$/, ''));
}

/** A workflow as a graph; also from a value that holds one. @throws Error when it is none */
export function graphOf(workflow: unknown): WorkflowGraph {
	const reading = readGraph(workflow);
	if (reading.kind !== 'graph') throw new Error(`It is no graph but ${reading.kind}`);
	return reading.graph;
}

/** The text of the `object_info` of the fixtures. */
export function objectInfoText(form: ObjectInfoForm): string {
	return workflowText(`${form}.object_info`);
}

/** The classes of a graph, as they are cut out of the `object_info` of the fixtures. */
export function classesOf(graph: WorkflowGraph, form: ObjectInfoForm): ReadonlyMap<string, NodeClass> {
	const extractor = new ObjectInfoExtractor([...graph.nodes.values()].map(({ classType }) => classType));
	const steps = extractor.read(objectInfoText(form));
	while (steps.next().done !== true);
	return extractor.end().classes;
}

/** A workflow of the fixtures with its description. @param form of its `object_info`; without, it has none */
export function workflowOf(name: string, form?: ObjectInfoForm, overrides?: unknown): Workflow {
	const graph = graphOf(workflowText(name));
	return describeWorkflow(graph, { classes: form && classesOf(graph, form), overrides });
}

/** A node class of about four kilobytes, with what makes scanning hard: braces, quotes and escapes in texts. */
function generatedClass(index: number): string {
	const choices = Array.from({ length: 100 }, (_, at) => `model_${index}_${at} {v"\\1}.safetensors`);
	const required = {
		mode: [choices, { tooltip: 'ends with a backslash \\' }],
		amount: ['INT', { default: 1, min: 0, max: 100 }],
	};
	return JSON.stringify({
		input: { required },
		output: ['IMAGE'],
		display_name: `Übung 🎨 ${index}`,
		output_node: false,
	});
}

/**
 * The pieces of an `object_info` of any size, with the classes `Generated 0`, `Generated 1`, ….
 *
 * @param bytes how long it is at least
 * @param members further members, which stand at its end
 */
export function* generatedObjectInfo(bytes: number, members: Record<string, unknown> = {}): Generator<string> {
	yield '{';
	for (let written = 0, index = 0; written < bytes; index += 1) {
		const member = `${index === 0 ? '' : ', '}"Generated ${index}": ${generatedClass(index)}`;
		written += member.length;
		yield member;
	}
	for (const [name, value] of Object.entries(members)) yield `, ${JSON.stringify(name)}: ${JSON.stringify(value)}`;
	yield '}';
}

/** A workflow of so many nodes: samplers in a row, each with two prompts and a size of its own, four nodes a link. */
export function generatedWorkflow(nodes: number): Record<string, unknown> {
	const graph: Record<string, unknown> = {};
	for (let id = 1; id + 3 <= nodes; id += 4) {
		const text = (words: string) => ({ class_type: 'CLIPTextEncode', inputs: { text: words, clip: ['1', 1] } });
		graph[id] = text(`picture ${id}`);
		graph[id + 1] = text('blurry');
		graph[id + 2] = { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 1 } };
		graph[id + 3] = {
			class_type: 'KSampler',
			inputs: {
				...{ seed: id, steps: 20, cfg: 7, sampler_name: 'euler', scheduler: 'normal', denoise: 1 },
				...{ positive: [String(id), 0], negative: [String(id + 1), 0] },
				latent_image: id === 1 ? ['3', 0] : [String(id - 1), 0],
			},
		};
	}
	return graph;
}
