import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';

import type { DeploymentChanges } from '../../api/deployment/deployments';
import { invalidInput } from '../../shared/failure';
import { readBoolean, readNumber } from '../parameters/readParameters';

/** A field of Update Fields, and the name that RunComfy has for it. */
interface UpdateField {
	field: INodeProperties;
	key: keyof DeploymentChanges;
}

/** RunComfy's pages differ about the largest number of instances, so only what none of them allows is refused here (documented). */
const FIELDS: UpdateField[] = [
	{
		key: 'is_enabled',
		field: {
			displayName: 'Enabled',
			name: 'isEnabled',
			type: 'boolean',
			default: true,
			description:
				'Whether the deployment accepts requests. Disabling it makes running requests fail immediately, and new ones too.',
		},
	},
	{
		key: 'keep_warm_duration_in_seconds',
		field: {
			displayName: 'Keep Warm (Seconds)',
			name: 'keepWarmSeconds',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 60,
			description:
				'How long an instance stays up after its last request. This time is charged, but the next request needs no cold start.',
		},
	},
	{
		key: 'max_instances',
		field: {
			displayName: 'Max Instances',
			name: 'maxInstances',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 1,
			description: 'How many instances may be up at the same time. Each is charged while it is up.',
		},
	},
	{
		key: 'min_instances',
		field: {
			displayName: 'Min Instances',
			name: 'minInstances',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description:
				'How many instances stay up all the time. They are charged even when no request runs. Set to 0 to let the deployment sleep.',
		},
	},
	{
		key: 'queue_size',
		field: {
			displayName: 'Queue Size',
			name: 'queueSize',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 1,
			description: 'How many requests can wait for each instance before RunComfy starts another one',
		},
	},
];

/** What can be changed of a deployment. */
export const updateFieldsField: INodeProperties = {
	displayName: 'Update Fields',
	name: 'updateFields',
	type: 'collection',
	placeholder: 'Add field',
	default: {},
	options: FIELDS.map(({ field }) => field) satisfies Array<INodeProperties | INodePropertyCollection>,
};

/**
 * Reads Update Fields; what is not set there stays as it is.
 *
 * @throws RunComfyFailure `invalid_input` for a value that can't be, and where there is nothing to change
 */
export function readChanges(parameter: unknown): DeploymentChanges {
	const given = (parameter ?? {}) as Record<string, unknown>;
	const set = FIELDS.filter(({ field }) => ![undefined, null, ''].includes(given[field.name] as never));
	if (set.length === 0) throw invalidInput('Update Fields is empty', 'Add at least one field to change.');
	const changes: DeploymentChanges = Object.fromEntries(
		set.map(({ field, key }) => [key, readValue(given[field.name], field)]),
	);
	const { min_instances: min, max_instances: max } = changes;
	if (min !== undefined && max !== undefined && min > max)
		throw invalidInput(
			`Min Instances (${min}) is larger than Max Instances (${max})`,
			'Correct one of them in Update Fields.',
		);
	return changes;
}

function readValue(value: unknown, field: INodeProperties): boolean | number {
	if (field.type === 'boolean') return readBoolean(value, field);
	const number = readNumber(value, field);
	if (Number.isInteger(number)) return number;
	throw invalidInput(`${field.displayName} must be a whole number, not ${number}`, 'Correct it in Update Fields.');
}
