import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { runItems } from '../execution/runItems';
import { invalidInput } from '../shared/failure';
import { toNodeError } from '../failures/nodeError';
import { account } from './account/account.resource';
import { deployment } from './deployment/deployment.resource';
import { deploymentRequest } from './deploymentRequest/deploymentRequest.resource';
import { model } from './model/model.resource';
import type { Resource } from './operation';
import { request } from './request/request.resource';
import { readRunSettings } from './parameters/runOptions';

/** The resources by the value of the Resource parameter. */
export const resources: Record<string, Resource> = { account, deployment, deploymentRequest, model, request };

/** Runs the operation that the node is set to. */
export async function router(context: IExecuteFunctions, continueOnFail: boolean): Promise<INodeExecutionData[][]> {
	const resource = String(context.getNodeParameter('resource', 0));
	const operation = String(context.getNodeParameter('operation', 0));
	const operations = Object.hasOwn(resources, resource) ? resources[resource]?.operations : undefined;
	const chosen = operations && Object.hasOwn(operations, operation) ? operations[operation] : undefined;
	if (chosen === undefined) {
		const failure = invalidInput(
			`The operation "${operation}" of the resource "${resource}" doesn't exist`,
			'Select Resource and Operation from their lists.',
		);
		throw toNodeError(context.getNode(), failure, 0);
	}
	const readSettings = () => readRunSettings(context);
	return [
		await runItems(context, { work: 'prepare' in chosen ? chosen : chosen.execute, readSettings, continueOnFail }),
	];
}
