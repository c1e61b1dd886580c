import type { INodeProperties } from 'n8n-workflow';

/** Which input an entry of Text Inputs or Binary Inputs fills. */
interface InputChoice {
	/** What is submitted to, as descriptions name it. */
	taker: 'model' | 'workflow';
	/** What the entry sends. */
	sent: 'text' | 'file';
	/** Lists the inputs by their titles in the form. */
	loadOptionsMethod: string;
	loadOptionsDependsOn: string[];
}

/** Chooses an input from a list, so that nobody has to know the names that are sent. */
export function inputChoice({ taker, sent, loadOptionsMethod, loadOptionsDependsOn }: InputChoice): INodeProperties {
	return {
		displayName: 'Field Name or ID',
		name: 'field',
		type: 'options',
		typeOptions: { loadOptionsMethod, loadOptionsDependsOn },
		default: '',
		description: `The ${taker} input to send the ${sent} to. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.`,
	};
}
