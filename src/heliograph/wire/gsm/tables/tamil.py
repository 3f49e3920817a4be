"""Tamil: national language tables. 3GPP TS 23.038 §A.3.11 (locking), §A.2.11 (single shift)."""

# The standard prints 0B91 at 0x11, which Unicode has never assigned: left undefined.
LOCKING = r"""
    --   0B90 SP   0    --   0BBE 0BD0 p
    0B82 --   !    1    --   0BBF a    q
    0B83 0B92 0B9F 2    0BAE 0BC0 b    r
    0B85 0B93 --   3    0BAF 0BC1 c    s
    0B86 0B94 --   4    0BB0 0BC2 d    t
    0B87 0B95 --   5    0BB1 --   e    u
    0B88 --   0BA3 6    0BB2 --   f    v
    0B89 --   0BA4 7    0BB3 --   g    w
    0B8A --   )    8    0BB4 0BC6 h    x
    --   0B99 (    9    0BB5 0BC7 i    y
    LF   0B9A --   :    0BB6 0BC8 j    z
    --   ESC  --   ;    0BB7 --   k    0BD7
    --   --   ,    0BA9 0BB8 0BCA l    0BF0
    CR   0B9C --   0BAA 0BB9 0BCB m    0BF1
    0B8E --   .    --   --   0BCC n    0BF2
    0B8F 0B9E 0BA8 ?    --   0BCD o    0BF9
"""

# Some printings give 0BEF at 0x24 as well as at 0x25; the digits run 0BE6 to 0BEF, so it is 0BEE.
SINGLE = r"""
    @  <    0BEA -- | P  -- --
    £  =    0BEB -- A Q  -- --
    $  >    0BEC -- B R  -- --
    ¥  ¡    0BED -- C S  -- --
    ¿  ^    0BEE -- D T  -- --
    "  ¡    0BEF -- E U  €  --
    ¤  _    0BF3 -- F V  -- --
    %  #    0BF4 -- G W  -- --
    &  *    {    -- H X  -- --
    '  0964 }    -- I Y  -- --
    FF 0965 0BF5 -- J Z  -- --
    *  ESC  0BF6 -- K -- -- --
    +  0BE6 0BF7 [  L -- -- --
    -- 0BE7 0BF8 ~  M -- -- --
    -  0BE8 0BFA ]  N -- -- --
    /  0BE9 \    -- O -- -- --
"""
