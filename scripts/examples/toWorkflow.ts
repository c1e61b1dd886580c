import type { IDataObject, INodeParameters } from 'n8n-workflow';

/** A note's height follows its text, in pixels and letters a line. */
const [STICKY_MARGIN, STICKY_LINE, STICKY_LETTERS] = [60, 24, 52];

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

/** An example before it is a workflow. */
export interface Example {
	file: string;
	name: string;
	/** What a person reads on the canvas. */
	note: string;
	nodes: ExampleNode[];
	/** From node to nodes, by output. */
	connections: Record<string, string[][]>;
	/** What an agent is given, below it on the canvas. */
	agent?: { name: string; languageModel: ExampleNode; tools: ExampleNode[] };
}

/** The workflow as n8n exports it, with a note on the canvas. */
export function toWorkflow({ file, name, note, nodes, connections, agent }: Example): IDataObject {
	const below = agent ? [agent.languageModel, ...agent.tools] : [];
	const idOf = (index: number) =>
		`${Buffer.from(`${file} ${index}`).toString('hex').padEnd(32, '0').slice(0, 8)}-0000-4000-8000-${String(index).padStart(12, '0')}`;
	const isOurs = (type: string) => type.startsWith('n8n-nodes-runcomfy.');
	const sticky = {
		parameters: {
			content: note,
			height: STICKY_MARGIN + STICKY_LINE * Math.ceil(note.length / STICKY_LETTERS),
			width: 420,
		},
		type: 'n8n-nodes-base.stickyNote',
		typeVersion: 1,
		position: [0, -240],
		id: idOf(99),
		name: 'Sticky Note',
	};
	return {
		name,
		nodes: [
			...[...nodes, ...below].map(({ more, position, ...node }, index) => ({
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
				below.map((node, index) => [
					node.name,
					subConnection(index === 0 ? 'ai_languageModel' : 'ai_tool', agent?.name ?? ''),
				]),
			),
		},
		active: false,
		settings: { executionOrder: 'v1' },
		meta: { templateCredsSetupCompleted: true },
		tags: [],
	};
}

/** Leads from what an agent is given to the agent. */
function subConnection(type: string, node: string): IDataObject {
	return { [type]: [[{ node, type, index: 0 }]] };
}
