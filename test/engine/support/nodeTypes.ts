import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

/** n8n's own nodes live in a package of several hundred megabytes; these of them do nothing but pass items on. */
class PassingNode implements INodeType {
	description: INodeTypeDescription;

	constructor(name: string, inputs: INodeTypeDescription['inputs']) {
		this.description = {
			displayName: name,
			name,
			group: ['transform'],
			version: 1,
			description: 'Passes items on',
			defaults: { name },
			inputs,
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		};
	}

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [this.getInputData()];
	}
}

/** n8n's Wait node, set to At Specified Time: it has n8n store the execution from 65 seconds on, and waits in memory below. */
class WaitNode implements INodeType {
	description: INodeTypeDescription = {
		...new PassingNode('wait', [NodeConnectionTypes.Main]).description,
		properties: [{ displayName: 'Date and Time', name: 'dateTime', type: 'dateTime', default: '' }],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const waitTill = new Date(this.getNodeParameter('dateTime', 0) as string);
		const pauseMs = Math.max(0, waitTill.getTime() - Date.now());
		if (pauseMs >= 65_000) await this.putExecutionToWait(waitTill);
		else await new Promise((resolve) => setTimeout(resolve, pauseMs));
		return [this.getInputData()];
	}
}

/** Passes on what a test makes of its items. */
class EditingNode implements INodeType {
	description = new PassingNode('editing', [NodeConnectionTypes.Main]).description;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [edits.current(this.getInputData())];
	}
}

/** What nodes of the type `test.editing` do to their items. */
export const edits: { current: (items: INodeExecutionData[]) => INodeExecutionData[] } = { current: (items) => items };

/** The node types that workflows of tests and examples use beside the package's own, by n8n's full names. */
export const passingNodeTypes: Record<string, INodeType> = {
	'n8n-nodes-base.manualTrigger': new PassingNode('manualTrigger', []),
	'n8n-nodes-base.stickyNote': new PassingNode('stickyNote', []),
	'n8n-nodes-base.wait': new WaitNode(),
	'test.editing': new EditingNode(),
	'n8n-nodes-base.noOp': new PassingNode('noOp', [NodeConnectionTypes.Main]),
};
