import type { CatalogEntry } from '../api/model/catalog';

/**
 * Input schemas for when the catalog can't be reached, of the models that this node has as defaults. Facts from
 * RunComfy's model pages, November 2026; the live catalog's schema wins whenever there is one.
 */
const BUNDLED_MODELS: CatalogEntry[] = [
	{
		model_id: 'bytedance/dreamina-3-0/image-to-video',
		display_name: 'Dreamina 3.0 Image to Video',
		input_schema: {
			type: 'object',
			required: ['image_urls', 'prompt'],
			properties: {
				image_urls: {
					title: 'Image',
					description: 'Upload JPEG/PNG format',
					type: 'array',
					items: { type: 'string', format: 'image_uri' },
					minItems: 1,
					maxItems: 1,
					validations: [
						{
							validation_rule: 'file_size_mb<',
							validation_value: 4.7,
							validation_error: 'File size must be less than 4.7 MB.',
						},
						{
							validation_rule: 'width_pixels<=',
							validation_value: 4096,
							validation_error: 'Maximum resolution is 4096×4096.',
						},
						{
							validation_rule: 'height_pixels<=',
							validation_value: 4096,
							validation_error: 'Maximum resolution is 4096×4096.',
						},
						{
							validation_rule: 'shortest_side_pixels>=',
							validation_value: 320,
							validation_error: 'The shortest side must be at least 320 px.',
						},
						{
							validation_rule: 'width/height<=',
							validation_value: 3,
							validation_error: 'The long-to-short side ratio must be within 3:1.',
						},
						{
							validation_rule: 'width/height>',
							validation_value: 0.33,
							validation_error: 'The long-to-short side ratio must be greater than 0.33.',
						},
					],
				},
				prompt: { title: 'Prompt', type: 'string', maxLength: 800 },
				number_of_frames: {
					title: 'Number of Frames',
					description: 'Total frames of the generated video. Supported values: 121 (≈5s) and 241 (≈10s).',
					type: 'integer',
					enum: [121, 241],
					default: 121,
				},
				resolution: { title: 'Resolution', type: 'string', enum: ['720P', '1080P'], default: '720P' },
				seed: { title: 'Seed', type: 'integer', default: -1 },
			},
		},
	},
];

/** The bundled entry of a model, if there is one. */
export function bundledModel(modelId: string): CatalogEntry | undefined {
	return BUNDLED_MODELS.find((entry) => entry.model_id === modelId);
}
