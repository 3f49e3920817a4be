"""Bengali: national language tables. 3GPP TS 23.038 §A.3.4 (locking), §A.2.4 (single shift)."""

LOCKING = r"""
    0981 0990 SP   0    09AC 09BE 09CE p
    0982 --   !    1    09AD 09BF a    q
    0983 --   099F 2    09AE 09C0 b    r
    0985 0993 09A0 3    09AF 09C1 c    s
    0986 0994 09A1 4    09B0 09C2 d    t
    0987 0995 09A2 5    --   09C3 e    u
    0988 0996 09A3 6    09B2 09C4 f    v
    0989 0997 09A4 7    --   --   g    w
    098A 0998 )    8    --   --   h    x
    098B 0999 (    9    --   09C7 i    y
    LF   099A 09A5 :    09B6 09C8 j    z
    098C ESC  09A6 ;    09B7 --   k    09D7
    --   099B ,    --   09B8 --   l    09DC
    CR   099C 09A7 09AA 09B9 09CB m    09DD
    --   099D .    09AB 09BC 09CC n    09F0
    098F 099E 09A8 ?    09BD 09CD o    09F1
"""

SINGLE = r"""
    @  <    09EC 09F6 | P  -- --
    £  =    09ED 09F7 A Q  -- --
    $  >    09EE 09F8 B R  -- --
    ¥  ¡    09EF 09F9 C S  -- --
    ¿  ^    09DF 09FA D T  -- --
    "  ¡    09E0 --   E U  €  --
    ¤  _    09E1 --   F V  -- --
    %  #    09E2 --   G W  -- --
    &  *    {    --   H X  -- --
    '  09E6 }    --   I Y  -- --
    FF 09E7 09E3 --   J Z  -- --
    *  ESC  09F2 --   K -- -- --
    +  09E8 09F3 [    L -- -- --
    -- 09E9 09F4 ~    M -- -- --
    -  09EA 09F5 ]    N -- -- --
    /  09EB \    --   O -- -- --
"""
