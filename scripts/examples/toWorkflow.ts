import type { IDataObject, INodeParameters } from 'n8n-workflow';

/** A note's height follows its text, in pixels and letters a line. */
const [STICKY_MARGIN, STICKY_LINE, STICKY_LETTERS] = [60, 24, 52];
/** Pixels between the note and the row of nodes. */
const STICKY_GAP = 60;

/** A node of an example, without what n8n adds when it stores it. */
export interface ExampleNode {
	name: string;
	type: string;
	typeVersion: number;
	parameters: INodeParameters;
	/** Further keys of the node. */
	more?: IDataObject;
	/** On the canvas; in a row by default. */
	position?: [number, number];
}

/** What a person reads on the canvas of a recipe. */
export interface Note {
	does: string;
	costs: string;
	change: string;
}

/** An example before it is a workflow. */
export interface Example {
	file: string;
	name: string;
	/** What a person reads on the canvas. */
	note: string | Note;
	nodes: ExampleNode[];
	/** From node to nodes, by output. */
	connections: Record<string, string[][]>;
	/** What an agent is given, below it on the canvas. */
	agent?: { name: string; languageModel: ExampleNode; tools: ExampleNode[]; outputParser?: ExampleNode };
}

/** The workflow as n8n exports it, with a note on the canvas. */
export function toWorkflow({ file, name, note, nodes, connections, agent }: Example): IDataObject {
	const below = subNodes(agent);
	const idOf = (index: number) =>
		`${Buffer.from(`${file} ${index}`).toString('hex').padEnd(32, '0').slice(0, 8)}-0000-4000-8000-${String(index).padStart(12, '0')}`;
	const isOurs = (type: string) => type.startsWith('n8n-nodes-runcomfy.');
	const content = noteText(note);
	const height = heightOf(content);
	const sticky = {
		parameters: { content, height, width: 420 },
		type: 'n8n-nodes-base.stickyNote',
		typeVersion: 1,
		position: [0, -STICKY_GAP - height],
		id: idOf(99),
		name: 'Sticky Note',
	};
	return {
		name,
		nodes: [
			...[...nodes, ...below.map(({ node }) => node)].map(({ more, position, ...node }, index) => ({
				...node,
				...more,
				position: position ?? (index < nodes.length ? [index * 220, 0] : [(index - nodes.length) * 160, 220]),
				id: idOf(index),
				...(isOurs(node.type) ? { credentials: { runComfyApi: { id: '1', name: 'RunComfy account' } } } : {}),
			})),
			sticky,
		] as never,
		pinData: {},
		connections: {
			...Object.fromEntries(
				Object.entries(connections).map(([from, outputs]) => [
					from,
					{ main: outputs.map((names) => names.map((node) => ({ node, type: 'main', index: 0 }))) },
				]),
			),
			...Object.fromEntries(
				below.map(({ node, type }) => [node.name, subConnection(type, agent?.name ?? '')]),
			),
		},
		active: false,
		settings: { executionOrder: 'v1' },
		meta: { templateCredsSetupCompleted: true },
		tags: [],
	};
}

/** What an agent is given, with the type of its connection. */
function subNodes(agent: Example['agent']): Array<{ node: ExampleNode; type: string }> {
	if (!agent) return [];
	const { languageModel, tools, outputParser } = agent;
	return [
		{ node: languageModel, type: 'ai_languageModel' },
		...tools.map((node) => ({ node, type: 'ai_tool' })),
		...(outputParser ? [{ node: outputParser, type: 'ai_outputParser' }] : []),
	];
}

function noteText(note: string | Note): string {
	if (typeof note === 'string') return note;
	return [note.does, `**Cost:** ${note.costs}`, `**Change:** ${note.change}`].join('\n\n');
}

/** Pixels. A paragraph is followed by half a line. */
function heightOf(text: string): number {
	const paragraphs = text.split('\n\n');
	const lines = paragraphs.reduce((sum, { length }) => sum + Math.ceil(length / STICKY_LETTERS), 0);
	return STICKY_MARGIN + STICKY_LINE * lines + (STICKY_LINE / 2) * (paragraphs.length - 1);
}

/** Leads from what an agent is given to the agent. */
function subConnection(type: string, node: string): IDataObject {
	return { [type]: [[{ node, type, index: 0 }]] };
}
