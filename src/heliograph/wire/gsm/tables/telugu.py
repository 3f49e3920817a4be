"""Telugu: national language tables. 3GPP TS 23.038 §A.3.12 (locking), §A.2.12 (single shift)."""

# The standard prints 0C11 at 0x11, which Unicode has never assigned: left undefined.
LOCKING = r"""
    0C01 0C10 SP   0    0C2C 0C3E 0C55 p
    0C02 --   !    1    0C2D 0C3F a    q
    0C03 0C12 0C1F 2    0C2E 0C40 b    r
    0C05 0C13 0C20 3    0C2F 0C41 c    s
    0C06 0C14 0C21 4    0C30 0C42 d    t
    0C07 0C15 0C22 5    0C31 0C43 e    u
    0C08 0C16 0C23 6    0C32 0C44 f    v
    0C09 0C17 0C24 7    0C33 --   g    w
    0C0A 0C18 )    8    --   0C46 h    x
    0C0B 0C19 (    9    0C35 0C47 i    y
    LF   0C1A 0C25 :    0C36 0C48 j    z
    0C0C ESC  0C26 ;    0C37 --   k    0C56
    --   0C1B ,    --   0C38 0C4A l    0C60
    CR   0C1C 0C27 0C2A 0C39 0C4B m    0C61
    0C0E 0C1D .    0C2B --   0C4C n    0C62
    0C0F 0C1E 0C28 ?    0C3D 0C4D o    0C63
"""

# Some printings give 0CE6 at 0x1C, which is Kannada; the Telugu digits begin at 0C66.
SINGLE = r"""
    @  <    0C6A 0C7D | P  -- --
    £  =    0C6B 0C7E A Q  -- --
    $  >    0C6C 0C7F B R  -- --
    ¥  ¡    0C6D --   C S  -- --
    ¿  ^    0C6E --   D T  -- --
    "  ¡    0C6F --   E U  €  --
    ¤  _    0C58 --   F V  -- --
    %  #    0C59 --   G W  -- --
    &  *    {    --   H X  -- --
    '  --   }    --   I Y  -- --
    FF --   0C78 --   J Z  -- --
    *  ESC  0C79 --   K -- -- --
    +  0C66 0C7A [    L -- -- --
    -- 0C67 0C7B ~    M -- -- --
    -  0C68 0C7C ]    N -- -- --
    /  0C69 \    --   O -- -- --
"""
