import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { nodeHints } from '../RunComfy/actions/parameters/nodeHints';
import { readRunSettings } from '../RunComfy/actions/parameters/runOptions';
import { targetSubtitle } from '../RunComfy/actions/parameters/subtitle';
import { isToolRun } from '../RunComfy/n8n/toolCall';
import { runItems } from '../RunComfy/execution/runItems';
import { getMediaInputs, getModelInputFields, getTextInputs } from '../RunComfy/methods/getModelInputFields';
import {
	getWorkflowInputFields,
	getWorkflowMediaInputs,
	getWorkflowTextInputs,
} from '../RunComfy/methods/getWorkflowInputFields';
import { searchDeployments } from '../RunComfy/methods/searchDeployments';
import { searchModels } from '../RunComfy/methods/searchModels';
import { durableFields } from './durableFields';
import { familyOf } from './jobFamilies';
import { durableRun } from './durableRun';
import { LoopWiring } from './loopWiring';

export class RunComfyDurable implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'RunComfy Durable Wait',
		name: 'runComfyDurable',
		icon: { light: 'file:../RunComfy/runComfy.svg', dark: 'file:../RunComfy/runComfy.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: targetSubtitle,
		description:
			'Generate images, videos and audio with RunComfy AI models and wait for them across n8n restarts, for long renders and large batches. Each submit is a paid generation.',
		defaults: { name: 'RunComfy Durable Wait' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Done', 'Pending'],
		usableAsTool: true,
		hints: nodeHints,
		credentials: [{ name: 'runComfyApi', required: true }],
		properties: durableFields,
	};

	methods = {
		listSearch: { searchDeployments, searchModels },
		loadOptions: { getMediaInputs, getTextInputs, getWorkflowMediaInputs, getWorkflowTextInputs },
		resourceMapping: { getModelInputFields, getWorkflowInputFields },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const isTool = isToolRun(this);
		// Whoever called waits for an answer, and an execution in n8n's store gives none.
		const reason = isTool
			? 'As a tool of an AI agent'
			: this.getMode() === 'integrated'
				? 'In a sub-workflow'
				: new LoopWiring(this).isLastToRun
					? 'Run on its own, as a single step'
					: undefined;
		if (reason === undefined) return await durableRun(this, this.continueOnFail());
		this.addExecutionHints({
			message: `${reason}, this node waits in memory, with the defaults of the RunComfy node. If n8n restarts, the wait ends; find the request IDs in the log.`,
			type: 'warning',
			location: 'outputPane',
		});
		const { inProcess } = familyOf(this.getNodeParameter('resource', 0));
		const work = inProcess[this.getNodeParameter('operation', 0) === 'wait' ? 'wait' : 'submitAndWait'];
		const continueOnFail = this.continueOnFail() || isTool;
		return [await runItems(this, { work, readSettings: () => readRunSettings(this), continueOnFail }), []];
	}
}
