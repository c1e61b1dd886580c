import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';

/** What n8n's verification scanner leaves out of the n8n-nodes-base rules, for the reasons that it gives. */
const NOT_FOR_COMMUNITY_CREDENTIALS = {
	'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
	'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
};
const NOT_FOR_COMMUNITY_NODES = {
	'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
	'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
	'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
};

/** The scanner's set: for the source as it is, and for the built package in scripts/lintDist.mjs. */
export const scannerRules = [
	{
		...n8nCommunityNodesPlugin.configs.recommended,
		rules: { ...n8nCommunityNodesPlugin.configs.recommended.rules, 'no-console': 'error' },
	},
	{ plugins: { 'n8n-nodes-base': n8nNodesBase } },
	{ files: ['package.json'], rules: { ...n8nNodesBase.configs.community.rules } },
	{
		files: ['**/credentials/**/*.ts'],
		rules: { ...n8nNodesBase.configs.credentials.rules, ...NOT_FOR_COMMUNITY_CREDENTIALS },
	},
	{
		files: ['**/nodes/**/*.ts'],
		rules: { ...n8nNodesBase.configs.nodes.rules, ...NOT_FOR_COMMUNITY_NODES },
	},
	{ files: ['**/*.json', '**/*.ts'], languageOptions: { parser: tseslint.parser } },
];

const shipped = ['package.json', 'nodes/**/*.{js,ts,json}', 'credentials/**/*.{js,ts,json}'];

export default [
	{ ignores: ['dist', 'node_modules', 'output', 'coverage', '**/*.d.ts'] },
	...scannerRules.map((config) => ({
		...config,
		files: (config.files ?? ['*']).flatMap((pattern) => (pattern === '*' ? shipped : [pattern])),
	})),
	// The scanner ignores comments that switch rules off, so they may not seem to help here either.
	{ files: shipped, linterOptions: { noInlineConfig: true } },
	...tseslint.configs.strict.map((config) => ({ ...config, files: ['**/*.ts'] })),
	{
		files: ['**/*.ts'],
		rules: {
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
			// An unused signal handler and a swallowed stream event are meant to be empty.
			'@typescript-eslint/no-empty-function': 'off',
			// n8n's classes hold nothing but their description.
			'@typescript-eslint/no-extraneous-class': 'off',
		},
	},
	{
		// With types: what TypeScript compiles and is a mistake all the same, first of all promises that nobody waits for.
		files: ['**/*.ts'],
		languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
		rules: {
			'@typescript-eslint/await-thenable': 'error',
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/no-for-in-array': 'error',
			'@typescript-eslint/no-misused-promises': 'error',
			'@typescript-eslint/no-unnecessary-type-assertion': 'error',
			// What was caught may be thrown on.
			'@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
			'@typescript-eslint/prefer-promise-reject-errors': 'error',
			'@typescript-eslint/return-await': ['error', 'always'],
			'@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
		},
	},
	{
		// A test that asserts on what is not there fails, which is its purpose.
		files: ['test/**/*.ts'],
		rules: {
			'@typescript-eslint/no-non-null-assertion': 'off',
			'no-restricted-syntax': [
				'error',
				{
					selector: 'ForStatement[test=null]',
					message: 'Give the loop a bound, and let it fail with a sentence: a test that hangs tells nothing.',
				},
				{
					selector: 'WhileStatement[test.type="Literal"]',
					message: 'Give the loop a bound, and let it fail with a sentence: a test that hangs tells nothing.',
				},
			],
		},
	},
];
