// How the portal looks: quiet, dense, one accent. Colours of states are in parts/tones.css.
import { type CSSVariablesResolver, type MantineColorsTuple, createTheme } from '@mantine/core';

const signal: MantineColorsTuple = [
  '#eef1fe', '#dde3fc', '#bac6f8', '#95a7f4', '#7d92f1', '#5d75e8', '#4860de', '#3a4fc4', '#313fa0', '#29347f',
];
const dark: MantineColorsTuple = [
  '#d9dbe1', '#b4b7c0', '#989ca8', '#767a87', '#4a4e5a', '#363a44', '#2a2d35', '#1d1f25', '#16181d', '#101115',
];
const gray: MantineColorsTuple = [
  '#f8f9fa', '#f2f3f5', '#e8eaed', '#dcdfe4', '#c6cad1', '#a3a8b3', '#757b88', '#565c69', '#3a3f4a', '#22252c',
];

export const theme = createTheme({
  primaryColor: 'signal',
  primaryShade: { light: 7, dark: 6 },
  colors: { signal, dark, gray },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.25rem' }, h2: { fontSize: '1rem' }, h3: { fontSize: '0.875rem' } },
  },
  defaultRadius: 6,
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'md' } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    NumberInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm' } },
    MultiSelect: { defaultProps: { size: 'sm' } },
    TagsInput: { defaultProps: { size: 'sm' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'sm' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Tabs: { defaultProps: { keepMounted: false } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false } },
    Portal: { defaultProps: { target: '#floating' } },
    // The placeholder is no item of the menu, which screen readers stumble over.
    Menu: { defaultProps: { shadow: 'md', withInitialFocusPlaceholder: false } },
    Modal: { defaultProps: { centered: true, radius: 8 } },
  },
});

/** Lines and soft text that keep their contrast (4.5 to 1) in both schemes. */
export const resolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1b1d23',
    '--mantine-color-dimmed': '#5f6571',
    '--mantine-color-placeholder': '#6b717d',
    '--mantine-color-default-border': '#dcdfe4',
    '--line': '#e6e8ec',
    '--soft': '#f7f8f9',
    '--hover': '#f2f3f6',
    '--chosen': '#eef1fe',
    '--accent': '#3a4fc4',
  },
  dark: {
    '--mantine-color-body': '#16181d',
    '--mantine-color-text': '#e3e5ea',
    '--mantine-color-dimmed': '#989ca8',
    '--mantine-color-placeholder': '#8b8f9b',
    '--mantine-color-default-border': '#33363f',
    '--line': '#282b33',
    '--soft': '#1b1d23',
    '--hover': '#22252c',
    '--chosen': '#232945',
    '--accent': '#95a7f4',
  },
});
