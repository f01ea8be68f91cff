"""What photos hold about people, and how it is taken away."""

from typing import Final

from mongo_indexes import photos
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=photos.COLLECTION,
        fate=Fate.REMOVED,
        title="上传的照片",
        person="person",
        shows={
            "_id": "照片编号",
            "purpose": "用途",
            "width": "宽(像素)",
            "height": "高(像素)",
            "bytes": "大小(字节)",
            "created_at": "上传时间",
        },
        sealed={"key_sealed": "photos/{id}/key"},
    ),
)
