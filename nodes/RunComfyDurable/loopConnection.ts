import type { IConnections, IExecuteFunctions } from 'n8n-workflow';

import { invalidInput } from '../RunComfy/shared/failure';

/** The outputs by their places. n8n resumes a waiting node by its first output, so that one is the loop. */
export const LOOP_OUTPUT = 0;
export const DONE_OUTPUT = 1;

/**
 * Makes sure that an item can come back, before anything is paid: the Loop output has to lead straight into the node's
 * own input, and the Done output must not, because finished items would be bought again.
 *
 * @throws RunComfyFailure `invalid_input` with what to connect
 */
export function requireLoop(context: IExecuteFunctions): void {
	const { name } = context.getNode();
	const outputs = connectionsOf(context)?.[name]?.main ?? [];
	const leadsBack = (output: number) => (outputs[output] ?? []).some(({ node, type }) => node === name && type === 'main');
	if (leadsBack(DONE_OUTPUT)) {
		throw invalidInput(
			'The Done output is connected to the input of this node, which would buy every finished item again',
			'Nothing was sent or charged. Remove that connection, and connect Loop to the input instead.',
		);
	}
	if (leadsBack(LOOP_OUTPUT)) return;
	throw invalidInput(
		'The Loop output is not connected to the input of this node, so requests could not be waited for',
		'Nothing was sent or charged. Draw a connection from the output Loop of this node back to its own input. Finished items leave by Done.',
	);
}

/** n8n's own classes hold the workflow; the type that nodes are given does not name it. */
function connectionsOf(context: IExecuteFunctions): IConnections | undefined {
	return (context as unknown as { workflow?: { connectionsBySourceNode?: IConnections } }).workflow?.connectionsBySourceNode;
}
