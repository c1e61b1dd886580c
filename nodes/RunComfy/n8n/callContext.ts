import type {
	IAllExecuteFunctions,
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	ILoadOptionsFunctions,
} from 'n8n-workflow';

/**
 * A context for authenticated calls that keeps our own signal. If the context has an execution signal, n8n uses that
 * one instead, and no call could be made after Stop, not even the cancel. n8n also reads the credential again for each
 * call; here it gets the one that the endpoints come from.
 *
 * It fails closed: if n8n needs more than this, the call throws before anything is sent.
 */
export function callContextOf(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	credential: ICredentialDataDecryptedObject,
): IAllExecuteFunctions {
	return {
		helpers: context.helpers,
		getNode: () => context.getNode(),
		getCredentials: async () => ({ ...credential }),
		logger: context.logger,
	} as unknown as IAllExecuteFunctions;
}
