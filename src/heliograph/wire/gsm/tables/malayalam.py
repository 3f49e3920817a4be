"""Malayalam: national language tables. 3GPP TS 23.038 §A.3.8 (locking), §A.2.8 (single shift)."""

LOCKING = r"""
    --   0D10 SP   0    0D2C 0D3E 0D57 p
    0D02 --   !    1    0D2D 0D3F a    q
    0D03 0D12 0D1F 2    0D2E 0D40 b    r
    0D05 0D13 0D20 3    0D2F 0D41 c    s
    0D06 0D14 0D21 4    0D30 0D42 d    t
    0D07 0D15 0D22 5    0D31 0D43 e    u
    0D08 0D16 0D23 6    0D32 0D44 f    v
    0D09 0D17 0D24 7    0D33 --   g    w
    0D0A 0D18 )    8    0D34 0D46 h    x
    0D0B 0D19 (    9    0D35 0D47 i    y
    LF   0D1A 0D25 :    0D36 0D48 j    z
    0D0C ESC  0D26 ;    0D37 --   k    0D60
    --   0D1B ,    --   0D38 0D4A l    0D61
    CR   0D1C 0D27 0D2A 0D39 0D4B m    0D62
    0D0E 0D1D .    0D2B --   0D4C n    0D63
    0D0F 0D1E 0D28 ?    0D3D 0D4D o    0D79
"""

SINGLE = r"""
    @  <    0D6A 0D7B | P  -- --
    £  =    0D6B 0D7C A Q  -- --
    $  >    0D6C 0D7D B R  -- --
    ¥  ¡    0D6D 0D7E C S  -- --
    ¿  ^    0D6E 0D7F D T  -- --
    "  ¡    0D6F --   E U  €  --
    ¤  _    0D70 --   F V  -- --
    %  #    0D71 --   G W  -- --
    &  *    {    --   H X  -- --
    '  0964 }    --   I Y  -- --
    FF 0965 0D72 --   J Z  -- --
    *  ESC  0D73 --   K -- -- --
    +  0D66 0D74 [    L -- -- --
    -- 0D67 0D75 ~    M -- -- --
    -  0D68 0D7A ]    N -- -- --
    /  0D69 \    --   O -- -- --
"""
