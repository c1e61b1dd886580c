import type { ILoadOptionsFunctions, INodePropertyOptions, ResourceMapperFields } from 'n8n-workflow';

import { toNodeError } from '../failures/nodeError';
import { parseModel } from '../model/modelId';
import { bundledSchema, findModelSchema, type ModelSchema } from '../model/modelSchema';
import { didYouMean } from '../model/similarModels';
import { resolveModel } from '../model/resolveModel';
import { systemClock } from '../shared/clock';
import { mediaLimits } from '../schema/mediaLimits';
import { throwAsIs, RunComfyFailure } from '../shared/failure';
import { openTransport, type ApiTransport } from '../transport/apiTransport';
import { locatorValue } from '../shared/resourceLocator';
import { toMapperField } from './mapperField';

const USE_JSON = 'To enter the input manually, set Specify Input to Using JSON.';

/**
 * The fields of the form, one for each input of the selected model. n8n asks every time the panel opens, so this never
 * throws; a notice is shown when there are no fields.
 */
export async function getModelInputFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const value = locatorValue(this.getCurrentNodeParameter('model'));
	// The editor sends the result of an expression, which is empty before the previous nodes have run.
	if (value === undefined || value === null || value === '') {
		return noFields(
			`Select a model to see its input fields here. If an expression sets the model, run the previous nodes first. ${USE_JSON}`,
		);
	}
	if (typeof value === 'string' && value.startsWith('=')) {
		return noFields(`The model comes from an expression, so its fields aren't known here. ${USE_JSON}`);
	}
	try {
		const { inputs, reason, similar = [] } = await schemaFor(this, value);
		return inputs && inputs.inputs.length > 0
			? { fields: inputs.inputs.map(toMapperField) }
			: noFields(
					`${reason ?? 'This model has no input fields'}. ${didYouMean(similar) || 'Check Model. '}${USE_JSON}`,
				);
	} catch (error) {
		const reason = error instanceof RunComfyFailure ? error.details.message : "The model couldn't be loaded";
		return noFields(`${reason}. ${USE_JSON}`);
	}
}

/**
 * The media inputs of the selected model, for Binary Inputs; its text inputs if none is known to be media.
 *
 * @throws an n8n error that the list shows
 */
export async function getMediaInputs(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	try {
		const { inputs } = await schemaFor(this, locatorValue(this.getCurrentNodeParameter('model')));
		const all = inputs?.inputs ?? [];
		const media = all.filter(
			(input) => input.media !== undefined || input.forms.some((form) => form.media !== undefined),
		);
		// Some published media inputs aren't declared as such.
		const offered = media.length > 0 ? media : all.filter(({ kind }) => kind === 'text' || kind === 'union');
		return offered.map(({ title, name, schema }) => {
			// The label in the form has no room for all rules; this list has.
			const limits = mediaLimits(schema).join(', ');
			return { name: title, value: name, ...(limits === '' ? {} : { description: limits }) };
		});
	} catch (error) {
		throw toNodeError(this.getNode(), error, 0);
	}
}

/** The inputs of the selected model that take a text, for Text Inputs. @throws an n8n error that the list shows */
export async function getTextInputs(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	try {
		const { inputs } = await schemaFor(this, locatorValue(this.getCurrentNodeParameter('model')));
		return (inputs?.inputs ?? [])
			.filter(({ kind, isList }) => (kind === 'text' || kind === 'union') && !isList)
			.map(({ title, name }) => ({ name: title, value: name }));
	} catch (error) {
		throw toNodeError(this.getNode(), error, 0);
	}
}

/** The form of a bundled model also works without a valid credential, which a new user doesn't have yet. */
async function schemaFor(context: ILoadOptionsFunctions, value: unknown): Promise<ModelSchema> {
	const named = parseModel(value);
	let modelId = 'id' in named ? named.id : named.page.possibleId;
	let transport: ApiTransport | undefined;
	try {
		transport = await openTransport(context, systemClock);
		modelId = await resolveModel(transport, named);
		return await findModelSchema(transport, modelId);
	} catch (error) {
		const isRefusedPage =
			transport !== undefined && error instanceof RunComfyFailure && error.details.code === 'invalid_input';
		if (isRefusedPage || modelId === undefined) throwAsIs(error);
		const { message } = error as Error;
		return bundledSchema(modelId, message);
	}
}

function noFields(notice: string): ResourceMapperFields {
	return { fields: [], emptyFieldsNotice: notice };
}
