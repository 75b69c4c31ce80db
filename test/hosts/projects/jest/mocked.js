export const mocked = () => 'real'
