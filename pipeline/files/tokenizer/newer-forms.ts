/**
 * Ranges of characters, first and last in hexadecimal, that have a normal form, or a place in one, in Unicode 17 and none
 * in Hugging Face's tokenizers 0.23.3, whose normal forms are Unicode 9's; written by
 * tests/fixtures/tokenizers/normal_forms.py.
 */
export const newerForms =
  '7fd 899-89b 8cf-8d3 c3c d3b-d3c eba 1715 1abf-1ac0 1ac3-1ac4 1aca 1add 1ae6 1aeb 1df6-1dfa 32ff a7f1-a7f4 a82c' +
  ' ab69 105c9 105d2 105da 105e4 10781-10785 10787-107b0 107b2-107ba 10efa-10efb 10efd-10eff 10f46-10f47 10f4b 10' +
  'f4d-10f50 10f83 10f85 11070 1133b 11382-11385 1138b 1138e 11390-11391 113c2 113c5 113c7-113c8 113ce-113d0 1183' +
  '9-1183a 11935 11938 1193d-1193e 11943 119e0 11a34 11a47 11a99 11d42 11d44-11d45 11d97 11f41-11f42 1611e 16121-' +
  '16129 1612f 16d63 16d67-16d6a 16ff0-16ff1 1ccd6-1ccf9 1e030-1e06d 1e4ec-1e4ee 1e5ef 1f16c 1fbf0-1fbf9';
