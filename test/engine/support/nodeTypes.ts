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

/** The node types that workflows of tests and examples use beside the package's own, by n8n's full names. */
export const passingNodeTypes: Record<string, INodeType> = {
	'n8n-nodes-base.manualTrigger': new PassingNode('manualTrigger', []),
	'n8n-nodes-base.stickyNote': new PassingNode('stickyNote', []),
	'n8n-nodes-base.noOp': new PassingNode('noOp', [NodeConnectionTypes.Main]),
};
