"""Kannada: national language tables. 3GPP TS 23.038 §A.3.7 (locking), §A.2.7 (single shift)."""

# The standard prints 0CAA at 0x24 as well as at 0x2D; the glyph, the order of the letters and
# the handsets say 0CA1.
LOCKING = r"""
    --   0C90 SP   0    0CAC 0CBE 0CD5 p
    0C82 --   !    1    0CAD 0CBF a    q
    0C83 0C92 0C9F 2    0CAE 0CC0 b    r
    0C85 0C93 0CA0 3    0CAF 0CC1 c    s
    0C86 0C94 0CA1 4    0CB0 0CC2 d    t
    0C87 0C95 0CA2 5    0CB1 0CC3 e    u
    0C88 0C96 0CA3 6    0CB2 0CC4 f    v
    0C89 0C97 0CA4 7    0CB3 --   g    w
    0C8A 0C98 )    8    --   0CC6 h    x
    0C8B 0C99 (    9    0CB5 0CC7 i    y
    LF   0C9A 0CA5 :    0CB6 0CC8 j    z
    0C8C ESC  0CA6 ;    0CB7 --   k    0CD6
    --   0C9B ,    --   0CB8 0CCA l    0CE0
    CR   0C9C 0CA7 0CAA 0CB9 0CCB m    0CE1
    0C8E 0C9D .    0CAB 0CBC 0CCC n    0CE2
    0C8F 0C9E 0CA8 ?    0CBD 0CCD o    0CE3
"""

SINGLE = r"""
    @  <    0CEA -- | P  -- --
    £  =    0CEB -- A Q  -- --
    $  >    0CEC -- B R  -- --
    ¥  ¡    0CED -- C S  -- --
    ¿  ^    0CEE -- D T  -- --
    "  ¡    0CEF -- E U  €  --
    ¤  _    0CDE -- F V  -- --
    %  #    0CF1 -- G W  -- --
    &  *    {    -- H X  -- --
    '  0964 }    -- I Y  -- --
    FF 0965 0CF2 -- J Z  -- --
    *  ESC  --   -- K -- -- --
    +  0CE6 --   [  L -- -- --
    -- 0CE7 --   ~  M -- -- --
    -  0CE8 --   ]  N -- -- --
    /  0CE9 \    -- O -- -- --
"""
