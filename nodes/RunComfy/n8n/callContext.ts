import type {
	IAllExecuteFunctions,
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	ILoadOptionsFunctions,
} from 'n8n-workflow';

/**
 * A context for authenticated calls whose signal is ours. n8n replaces the abort signal of an authenticated call by the
 * execution's own whenever its context has one, and then no call can be made after Stop, not even the cancel. n8n also
 * reads the credential anew for each call; here it gets the one that the endpoints are from.
 *
 * It fails closed: should n8n ask for more than this, the call throws before anything is sent.
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
