import { NodeConnectionTypes, type IExecuteFunctions, type INodeType } from 'n8n-workflow';

import { runComfyNode } from './engine';
import { passingNodeTypes } from './nodeTypes';

const INSPECTOR = 'test.inspector';
const INSPECTOR_TOOL = 'test.inspectorTool';
const AGENT = 'test.inspectorAgent';

/** What the inspector does when n8n runs it; it gets n8n's own context. */
type Inspect = (context: IExecuteFunctions) => Promise<void>;

interface Tool {
	invoke(args: object): Promise<unknown>;
}

const trigger = { ...runComfyNode({}), id: 'trigger', name: 'Trigger', type: 'n8n-nodes-base.manualTrigger' };
const settings = { executionOrder: 'v1' as const };

/** A workflow whose node "RunComfy" is the inspector. @param node further settings of it, such as `retryOnFail` */
export function inspectorWorkflow(inspect: Inspect, node: object = {}) {
	passingNodeTypes[INSPECTOR] = inspectorType('inspector', inspect, [NodeConnectionTypes.Main]);
	return {
		nodes: [trigger, { ...runComfyNode({}), type: INSPECTOR, ...node }],
		connections: { Trigger: { main: [[{ node: 'RunComfy', type: 'main' as const, index: 0 }]] } },
		settings,
	};
}

/** A workflow in which an agent calls the inspector as its tool, with these arguments. */
export function inspectorToolWorkflow(inspect: Inspect, args: object) {
	const description = { displayName: 'Description', name: 'toolDescription', type: 'string', default: '' };
	const given = { displayName: 'Given', name: 'given', type: 'string', default: '' };
	passingNodeTypes[INSPECTOR_TOOL] = inspectorType('inspectorTool', inspect, [], {
		outputs: [NodeConnectionTypes.AiTool],
		properties: [description, given],
	});
	passingNodeTypes[AGENT] = {
		description: {
			displayName: 'Agent',
			name: 'inspectorAgent',
			group: [],
			version: 1,
			description: '',
			defaults: {},
			inputs: [{ type: 'main' }, { type: 'ai_tool' }],
			outputs: ['main'],
			properties: [],
		},
		async execute(this: IExecuteFunctions) {
			const [tool] = (await this.getInputConnectionData(NodeConnectionTypes.AiTool, 0)) as Tool[];
			await tool?.invoke(args);
			return [[{ json: {} }]];
		},
	} as never;
	const parameters = { toolDescription: 'Inspects', given: "={{ $fromAI('given', '', 'string') }}" };
	return {
		nodes: [
			trigger,
			{ ...trigger, id: 'agent', name: 'Agent', type: AGENT },
			{ ...runComfyNode(parameters), type: INSPECTOR_TOOL },
		],
		connections: {
			Trigger: { main: [[{ node: 'Agent', type: 'main' as const, index: 0 }]] },
			RunComfy: { ai_tool: [[{ node: 'Agent', type: 'ai_tool' as const, index: 0 }]] },
		},
		settings,
	};
}

function inspectorType(name: string, inspect: Inspect, inputs: string[], more: object = {}): INodeType {
	return {
		description: {
			displayName: name,
			name,
			group: [],
			version: 1,
			description: '',
			defaults: {},
			inputs,
			outputs: [NodeConnectionTypes.Main],
			credentials: [{ name: 'runComfyApi', required: true }],
			properties: [],
			...more,
		},
		async execute(this: IExecuteFunctions) {
			await inspect(this);
			return [[{ json: {} }]];
		},
	} as never;
}
