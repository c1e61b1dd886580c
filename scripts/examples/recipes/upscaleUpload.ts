import { runComfy, type ExampleInputs } from '../parts';
import type { Example } from '../toWorkflow';

/** A form takes an image and returns it larger. */
export function upscaleUpload(input: ExampleInputs): Example {
	return {
		file: 'upscale-upload.json',
		name: 'RunComfy: upscale what a form uploads',
		note: {
			does: 'Shows a form that takes an image, and returns it as a download, at 2K and in the same aspect ratio. The file goes to RunComfy as it is (Binary Inputs), so it needs no public URL.',
			costs: 'One image-edit request per upload, for up to 0.50 USD each (Spend Limit). Anyone who can open the form can spend your balance: set Authentication in Upload Form before you publish it.',
			change: 'The model redraws the image, so small details can change. To enlarge without redrawing, select an upscaling model in Upscale, or run one of your deployments in it.',
		},
		nodes: [
			{
				name: 'Upload Form',
				type: 'n8n-nodes-base.formTrigger',
				typeVersion: 2.2,
				parameters: {
					formTitle: 'Upscale an image',
					formDescription: 'JPEG, PNG or WebP, up to 30 MB. It takes about a minute.',
					formFields: {
						values: [
							{
								fieldLabel: 'Picture',
								fieldType: 'file',
								multipleFiles: false,
								acceptFileTypes: '.jpg, .jpeg, .png, .webp',
								requiredField: true,
							},
						],
					},
					options: {},
				},
				more: { webhookId: '6a7c1d20-9b3e-4c58-8f41-2d7e5a9c0b13' },
			},
			runComfy('Upscale', {
				...input.enlarged,
				binaryInputs: { input: [{ field: 'image_urls', binaryPropertyName: 'Picture' }] },
				options: { downloadKinds: 'images', fileName: 'upscaled', spendLimit: 0.5 },
			}),
			{
				name: 'Return Image',
				type: 'n8n-nodes-base.form',
				typeVersion: 1,
				parameters: {
					operation: 'completion',
					respondWith: 'returnBinary',
					completionTitle: 'Your image is ready',
					completionMessage: 'The download starts automatically.',
					inputDataFieldName: 'data',
					options: {},
				},
				more: { webhookId: '1e9d4b76-5a20-4f83-b6c1-8c3f0d2a7e54' },
			},
		],
		connections: { 'Upload Form': [['Upscale']], Upscale: [['Return Image']] },
	};
}
