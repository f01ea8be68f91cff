"""Views of categories of repairs: the same for everybody."""

from services.kernel.views import show
from services.repairs.categories.models import Category, CategoryView
from services.repairs.categories.trees import Tree


def view(tree: Tree, category: Category) -> CategoryView:
    """Show a category of a tree."""
    return show(
        category,
        CategoryView,
        parent=category.parent or None,
        is_group=tree.is_group(category.code),
    )
