import type { INodeProperties } from 'n8n-workflow';

/** What people need first. Options that are not named here follow in the order in which they are written. */
const BY_USE = [
	'maxWaitTime',
	'onTimeout',
	'maxConcurrency',
	'spendLimit',
	'fileName',
	'downloadKinds',
	'includeInputFields',
	'reuseResults',
	'resubmitFailed',
	'additionalInputs',
	'validation',
	'checkMedia',
	'webhookUrl',
	'webhookIntermediate',
	'cancelOnStop',
	'includeCost',
	'maxFileSize',
	'downloadHosts',
];

/** The Options of an operation in the order of use; every other parameter as it is. */
export function withOptionsByUse(property: INodeProperties): INodeProperties {
	if (property.name !== 'options' || property.options === undefined) return property;
	const rank = ({ name }: { name: string }) => {
		const index = BY_USE.indexOf(name);
		return index < 0 ? BY_USE.length : index;
	};
	return { ...property, options: [...property.options].sort((one, other) => rank(one) - rank(other)) };
}
