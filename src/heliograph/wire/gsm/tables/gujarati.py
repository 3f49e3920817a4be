"""Gujarati: national language tables. 3GPP TS 23.038 §A.3.5 (locking), §A.2.5 (single shift)."""

LOCKING = r"""
    0A81 0A90 SP   0    0AAC 0ABE 0AD0 p
    0A82 0A91 !    1    0AAD 0ABF a    q
    0A83 --   0A9F 2    0AAE 0AC0 b    r
    0A85 0A93 0AA0 3    0AAF 0AC1 c    s
    0A86 0A94 0AA1 4    0AB0 0AC2 d    t
    0A87 0A95 0AA2 5    --   0AC3 e    u
    0A88 0A96 0AA3 6    0AB2 0AC4 f    v
    0A89 0A97 0AA4 7    0AB3 0AC5 g    w
    0A8A 0A98 )    8    --   --   h    x
    0A8B 0A99 (    9    0AB5 0AC7 i    y
    LF   0A9A 0AA5 :    0AB6 0AC8 j    z
    0A8C ESC  0AA6 ;    0AB7 0AC9 k    0AE0
    0A8D 0A9B ,    --   0AB8 --   l    0AE1
    CR   0A9C 0AA7 0AAA 0AB9 0ACB m    0AE2
    --   0A9D .    0AAB 0ABC 0ACC n    0AE3
    0A8F 0A9E 0AA8 ?    0ABD 0ACD o    0AF1
"""

SINGLE = r"""
    @  <    0AEA -- | P  -- --
    £  =    0AEB -- A Q  -- --
    $  >    0AEC -- B R  -- --
    ¥  ¡    0AED -- C S  -- --
    ¿  ^    0AEE -- D T  -- --
    "  ¡    0AEF -- E U  €  --
    ¤  _    --   -- F V  -- --
    %  #    --   -- G W  -- --
    &  *    {    -- H X  -- --
    '  0964 }    -- I Y  -- --
    FF 0965 --   -- J Z  -- --
    *  ESC  --   -- K -- -- --
    +  0AE6 --   [  L -- -- --
    -- 0AE7 --   ~  M -- -- --
    -  0AE8 --   ]  N -- -- --
    /  0AE9 \    -- O -- -- --
"""
