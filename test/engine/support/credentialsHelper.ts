import {
	ICredentialsHelper,
	type IAuthenticateGeneric,
	type ICredentialDataDecryptedObject,
	type ICredentials,
	type ICredentialType,
	type IHttpRequestOptions,
	type INode,
	type INodeProperties,
	type Workflow,
} from 'n8n-workflow';

/** Gives every node the same credential, and authenticates calls as n8n does: by the credential type's expressions. */
export class TestCredentialsHelper extends ICredentialsHelper {
	constructor(
		private readonly type: ICredentialType,
		private readonly data: ICredentialDataDecryptedObject,
	) {
		super();
	}

	private isClosed = false;

	/** What n8n 2.x does when an execution has ended: the isolate that evaluates its expressions is taken away. */
	close(): void {
		this.isClosed = true;
	}

	getParentTypes(): string[] {
		return [];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		_typeName: string,
		options: IHttpRequestOptions,
		workflow: Workflow,
		node: INode,
	): Promise<IHttpRequestOptions> {
		if (this.isClosed) throw new Error('No bridge acquired for this context');
		const { headers = {} } = (this.type.authenticate as IAuthenticateGeneric).properties;
		for (const [name, value] of Object.entries(headers)) {
			const resolved = workflow.expression.getSimpleParameterValue(
				node,
				String(value),
				'internal',
				{ $credentials: credentials },
				undefined,
				'',
			);
			options.headers = { ...options.headers, [name]: String(resolved) };
		}
		return options;
	}

	async preAuthentication(): Promise<undefined> {
		return undefined;
	}

	async runPreAuthentication(): Promise<undefined> {
		return undefined;
	}

	async getCredentials(): Promise<ICredentials> {
		throw new Error('Only decrypted credentials are served here');
	}

	async getDecrypted(): Promise<ICredentialDataDecryptedObject> {
		// n8n asks its database.
		await new Promise((resolve) => setImmediate(resolve));
		const defaults = Object.fromEntries(this.type.properties.map(({ name, default: value }) => [name, value]));
		return { ...defaults, ...this.data } as ICredentialDataDecryptedObject;
	}

	async updateCredentials(): Promise<void> {}

	async updateCredentialsOauthTokenData(): Promise<void> {}

	getCredentialsProperties(): INodeProperties[] {
		return this.type.properties;
	}
}
