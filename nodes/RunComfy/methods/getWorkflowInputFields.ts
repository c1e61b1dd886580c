import type { ILoadOptionsFunctions, INodePropertyOptions, ResourceMapperFields } from 'n8n-workflow';

import { parseDeploymentId } from '../deployment/deploymentId';
import { readDeployedWorkflow, type DeployedWorkflow } from '../deployment/deployedWorkflow';
import { toNodeError } from '../failures/nodeError';
import { systemClock } from '../shared/clock';
import { RunComfyFailure } from '../shared/failure';
import { locatorValue } from '../shared/resourceLocator';
import { openTransport } from '../transport/apiTransport';
import { formNotices, readingNotice } from '../workflow/notices';
import { toMapperField } from './mapperField';

const USE_JSON = 'To enter the input manually, set Specify Input to Using JSON.';

/**
 * The fields of the form: one for each input of the deployed workflow that can be set. n8n asks on every opening of the
 * panel, so this never throws; a notice is shown where there are no fields.
 */
export async function getWorkflowInputFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const value = locatorValue(this.getCurrentNodeParameter('deployment'));
	// The editor sends what an expression gives, which is nothing before the nodes in front of this one have run.
	if (value === undefined || value === null || value === '') {
		return noFields(
			`Select a deployment to see the inputs of its workflow here. If an expression sets the deployment, run the previous nodes first. ${USE_JSON}`,
		);
	}
	if (typeof value === 'string' && value.startsWith('=')) {
		return noFields(`The deployment comes from an expression, so its inputs aren't known here. ${USE_JSON}`);
	}
	try {
		const { reading, workflow } = await workflowFor(this, value);
		const notices = workflow === undefined ? [] : formNotices(workflow);
		const notice = readingNotice(reading) ?? notices[0];
		if (workflow === undefined || workflow.inputs.length === 0) return noFields(notice ?? USE_JSON);
		return {
			fields: workflow.inputs.map(toMapperField),
			...(notice === undefined ? {} : { emptyFieldsNotice: notice }),
		};
	} catch (error) {
		const reason = error instanceof RunComfyFailure ? error.details.message : "The deployment couldn't be loaded";
		return noFields(`${reason}. ${USE_JSON}`);
	}
}

/** The media inputs of the deployed workflow, for Binary Inputs. @throws an n8n error that the list shows */
export async function getWorkflowMediaInputs(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	try {
		const { workflow } = await workflowFor(this, locatorValue(this.getCurrentNodeParameter('deployment')));
		const media = (workflow?.inputs ?? []).filter(({ kind, group }) => kind === 'media' || group === 'media');
		return media.map(({ title, name }) => ({ name: title, value: name }));
	} catch (error) {
		throw toNodeError(this.getNode(), error, 0);
	}
}

/** The inputs of the deployed workflow that take a text, for Text Inputs. @throws an n8n error that the list shows */
export async function getWorkflowTextInputs(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	try {
		const { workflow } = await workflowFor(this, locatorValue(this.getCurrentNodeParameter('deployment')));
		return (workflow?.inputs ?? [])
			.filter(({ kind, group }) => kind === 'text' && group !== 'media')
			.map(({ title, name }) => ({ name: title, value: name }));
	} catch (error) {
		throw toNodeError(this.getNode(), error, 0);
	}
}

async function workflowFor(context: ILoadOptionsFunctions, value: unknown): Promise<DeployedWorkflow> {
	const deploymentId = parseDeploymentId(value);
	return await readDeployedWorkflow(await openTransport(context, systemClock), systemClock, deploymentId);
}

function noFields(notice: string): ResourceMapperFields {
	return { fields: [], emptyFieldsNotice: notice };
}
