export const twice = (text: string): string => text + text
