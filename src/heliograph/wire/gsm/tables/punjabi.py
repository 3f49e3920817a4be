"""Punjabi: national language tables. 3GPP TS 23.038 §A.3.10 (locking), §A.2.10 (single shift)."""

LOCKING = r"""
    0A01 0A10 SP   0    0A2C 0A3E 0A51 p
    0A02 --   !    1    0A2D 0A3F a    q
    0A03 --   0A1F 2    0A2E 0A40 b    r
    0A05 0A13 0A20 3    0A2F 0A41 c    s
    0A06 0A14 0A21 4    0A30 0A42 d    t
    0A07 0A15 0A22 5    --   --   e    u
    0A08 0A16 0A23 6    0A32 --   f    v
    0A09 0A17 0A24 7    0A33 --   g    w
    0A0A 0A18 )    8    --   --   h    x
    --   0A19 (    9    0A35 0A47 i    y
    LF   0A1A 0A25 :    0A36 0A48 j    z
    --   ESC  0A26 ;    --   --   k    0A70
    --   0A1B ,    --   0A38 --   l    0A71
    CR   0A1C 0A27 0A2A 0A39 0A4B m    0A72
    --   0A1D .    0A2B 0A3C 0A4C n    0A73
    0A0F 0A1E 0A28 ?    --   0A4D o    0A74
"""

SINGLE = r"""
    @  <    0A6A -- | P  -- --
    £  =    0A6B -- A Q  -- --
    $  >    0A6C -- B R  -- --
    ¥  ¡    0A6D -- C S  -- --
    ¿  ^    0A6E -- D T  -- --
    "  ¡    0A6F -- E U  €  --
    ¤  _    0A59 -- F V  -- --
    %  #    0A5A -- G W  -- --
    &  *    {    -- H X  -- --
    '  0964 }    -- I Y  -- --
    FF 0965 0A5B -- J Z  -- --
    *  ESC  0A5C -- K -- -- --
    +  0A66 0A5E [  L -- -- --
    -- 0A67 0A75 ~  M -- -- --
    -  0A68 --   ]  N -- -- --
    /  0A69 \    -- O -- -- --
"""
