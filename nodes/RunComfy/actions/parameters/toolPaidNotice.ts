import type { INodeProperties } from 'n8n-workflow';

/** n8n describes a tool to an agent by the operation's action, and a node on the canvas has the same name, where "paid" is out of place. */
export const toolPaidNotice: INodeProperties = {
	displayName:
		"An automatic Tool Description doesn't tell the agent that each call is charged. To tell the agent, set Tool Description to Set Manually.",
	name: 'toolPaidNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { '@tool': [true] } },
};
