"""Oriya: national language tables. 3GPP TS 23.038 §A.3.9 (locking), §A.2.9 (single shift)."""

LOCKING = r"""
    0B01 0B10 SP   0    0B2C 0B3E 0B56 p
    0B02 --   !    1    0B2D 0B3F a    q
    0B03 --   0B1F 2    0B2E 0B40 b    r
    0B05 0B13 0B20 3    0B2F 0B41 c    s
    0B06 0B14 0B21 4    0B30 0B42 d    t
    0B07 0B15 0B22 5    --   0B43 e    u
    0B08 0B16 0B23 6    0B32 0B44 f    v
    0B09 0B17 0B24 7    0B33 --   g    w
    0B0A 0B18 )    8    --   --   h    x
    0B0B 0B19 (    9    0B35 0B47 i    y
    LF   0B1A 0B25 :    0B36 0B48 j    z
    0B0C ESC  0B26 ;    0B37 --   k    0B57
    --   0B1B ,    --   0B38 --   l    0B60
    CR   0B1C 0B27 0B2A 0B39 0B4B m    0B61
    --   0B1D .    0B2B 0B3C 0B4C n    0B62
    0B0F 0B1E 0B28 ?    0B3D 0B4D o    0B63
"""

# Some printings give 0BEA at 0x20, which is Tamil; the Oriya digits run 0B66 to 0B6F.
SINGLE = r"""
    @  <    0B6A -- | P  -- --
    £  =    0B6B -- A Q  -- --
    $  >    0B6C -- B R  -- --
    ¥  ¡    0B6D -- C S  -- --
    ¿  ^    0B6E -- D T  -- --
    "  ¡    0B6F -- E U  €  --
    ¤  _    0B5C -- F V  -- --
    %  #    0B5D -- G W  -- --
    &  *    {    -- H X  -- --
    '  0964 }    -- I Y  -- --
    FF 0965 0B5F -- J Z  -- --
    *  ESC  0B70 -- K -- -- --
    +  0B66 0B71 [  L -- -- --
    -- 0B67 --   ~  M -- -- --
    -  0B68 --   ]  N -- -- --
    /  0B69 \    -- O -- -- --
"""
